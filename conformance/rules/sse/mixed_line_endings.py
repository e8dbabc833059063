"""S10: one style of line ending throughout, and not a lone CR."""

from collections import Counter
from collections.abc import Iterator, Sequence

from conformance.catalogue import Basis, Level, rule, sample
from conformance.core import Line, LineEnding
from conformance.samples import good_events, stream
from conformance.signs.applicability import require_fal_clients
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


def _ended(ending: bytes) -> list[bytes]:
    return [part.replace(b"\n", ending) for part in good_events()]


@rule(
    id="S10",
    name="mixed-line-endings",
    requirement="All lines end alike, with LF or with CRLF.",
    level=Level.SHOULD,
    basis=Basis.CLIENT,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream",
    rationale="The standard takes CRLF, LF and CR in any mixture. fal-js's parser loses events where one chunk mixes "
    "them; how the network cuts the stream decides whether one does, hence a SHOULD. "
    "Lines that end with a lone CR reach both fal clients, but most other readers split at LF only and find no event.",
    consequence="fal-js loses events without an error: a CRLF event and two LF events in one chunk gave one of three.",
    fix='Write "\\n" everywhere; with sse-starlette, whose keep-alives end with CRLF, set its `sep` to "\\n".',
    # A raw line break inside JSON is S06's; its ending says nothing of the stream's own.
    requires=("H02", "S06"),
    passes=lambda: (
        sample("LF alone", stream(*good_events())),
        sample("CRLF alone", stream(*_ended(b"\r\n"))),
        sample("CRLF cut by chunk edges", stream(*(part for whole in _ended(b"\r\n") for part in (whole[:-1], b"\n")))),
        sample("a last line without an ending", stream(*good_events(), b": bye")),
    ),
    fails=lambda: (
        sample("CRLF keep-alives between LF events", stream(*good_events()[:2], b": ping\r\n\r\n", *good_events()[2:])),
        sample("one CRLF event before LF events", stream(_ended(b"\r\n")[0], *good_events()[1:])),
        sample("a CRLF blank line after each LF line", stream(*(part[:-1] + b"\r\n" for part in good_events()))),
        sample("CR alone", stream(*_ended(b"\r"))),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Count the styles of the finished lines."""
    require_fal_clients(generation)
    lines = _judged(generation)
    counts = Counter(line.ending for line in lines)
    if len(counts) > 1:
        rarest = counts.most_common()[-1][0]
        odd = next(line for line in lines if line.ending is rarest)
        read = " and ".join(f"{ending.name} ({count} lines)" for ending, count in counts.most_common())
        yield generation.finding(
            f"Legal SSE, but lines end with {read}, expected one style: fal-js loses events when both are in one chunk",
            offset=odd.end - len(odd.ending.value),
        )
    elif LineEnding.CR in counts:
        yield generation.finding(
            f"Legal SSE, but all {len(lines)} lines end with a lone CR, expected LF: readers that split at LF find no "
            "event",
            offset=lines[0].end - 1,
        )


def _judged(generation: Evidence) -> Sequence[Line]:
    lines = [line for line in generation.lines if line.ending is not LineEnding.NONE]
    is_cut = not generation.transcript.end.ending.is_clean
    if is_cut and lines and lines[-1].ending is LineEnding.CR and lines[-1].end == len(generation.body):
        # The LF of a CRLF may have been on its way.
        return lines[:-1]
    return lines
