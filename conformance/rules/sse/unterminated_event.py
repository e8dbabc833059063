"""S03: the last event ends with a blank line."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.rules.sse import quoted
from conformance.samples import event, final, good_events, preview, stream
from conformance.signs.applicability import require_whole
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@rule(
    id="S03",
    name="unterminated-event",
    requirement="The last event ends with a blank line.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation",
    rationale="A blank line dispatches an event; data that has none at the end of the stream is thrown away. "
    "Comments and fields without data may stand there, since nothing is lost with them.",
    consequence="The final picture is lost without an error; fal-js's done() resolves with a preview.",
    fix='End every event with two line breaks: f"data: {json}\\n\\n".',
    requires=("H02",),
    passes=lambda: (
        sample("a comment after the last event", stream(*good_events(), b": bye\n\n")),
        sample("a last comment without its blank line", stream(*good_events(), b": bye")),
        sample("a last field without data or blank line", stream(*good_events(), b"retry: 3000\n")),
        sample("CRLF blank lines", stream(*(piece.replace(b"\n", b"\r\n") for piece in good_events()))),
        sample(
            "CR blank lines",
            stream(*(piece.replace(b"\n", b"\r") for piece in good_events())),
            sets_off=("S10",),
        ),
        sample(
            "a blank line of LF and CRLF",
            stream(*good_events()[:-1], event(final())[:-1] + b"\r\n"),
            sets_off=("S10",),
        ),
    ),
    fails=lambda: (
        sample("one line break after the final event", stream(event(preview()), event(final())[:-1])),
        sample(
            "no line break after the final event",
            stream(*good_events()[:-1], event(final()).rstrip()),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look for data in the unfinished tail of a stream that ended by itself."""
    require_whole(generation)
    tail = generation.unfinished_block
    lost = [line for line in tail.lines if line.name == b"data"] if tail is not None else []
    if lost:
        yield generation.finding(
            f"the stream ends without a blank line after {quoted(lost[0].content)}: readers throw that event away",
            offset=lost[0].offset,
        )
