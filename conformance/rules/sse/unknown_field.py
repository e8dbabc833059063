"""S05: every field is one that the standard knows."""

from collections.abc import Iterator
from functools import cache

from conformance.catalogue import Basis, Level, rule, sample
from conformance.core import Line, LineEnding
from conformance.rules.sse import FIELD_NAMES, bare_name, quoted, stray_lines
from conformance.samples import event, good_events, preview, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few


def _between(stray: bytes) -> tuple[bytes, ...]:
    return (*good_events()[:2], stray, *good_events()[2:])


@cache
def _extra() -> bytes:
    return event(preview(2, 4))


@rule(
    id="S05",
    name="unknown-field",
    requirement="Every field is named `data`, `event`, `id` or `retry`, exactly so.",
    level=Level.SHOULD,
    basis=Basis.STANDARD,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation",
    rationale="Field names are compared exactly, and a line with any other name is ignored. That is legal, so only "
    "the loss matters: a SHOULD. Where every event is lost, S04 says so as a MUST.",
    consequence="Both fal clients drop the line, and whatever it was meant to say, without an error.",
    fix="Write `data:` in lower case, at the start of the line, with the colon right behind it.",
    requires=("H02",),
    passes=lambda: (
        sample("every known field", stream(b"event: message\nid: 1\nretry: 3000\n" + _extra(), *good_events()[1:])),
        sample("no space after the colon", stream(*(part.replace(b"data: ", b"data:", 1) for part in good_events()))),
        sample("a comment that looks like a field", stream(*_between(b":Data: hello\n\n"))),
        sample("a line that looks like payload, which is S06's", stream(*_between(b'{"a": 1}\n\n')), sets_off=("S06",)),
    ),
    fails=lambda: (
        sample("a capital letter", stream(*_between(_extra().replace(b"data:", b"Data:", 1)))),
        sample("a space before the name", stream(*_between(b" " + _extra()))),
        sample("a space before the colon", stream(*_between(_extra().replace(b"data:", b"data :", 1)))),
        sample("a name of its own", stream(*_between(_extra().replace(b"data:", b"msg:", 1)))),
        sample("a byte order mark in the middle", stream(*_between(b"\xef\xbb\xbf" + _extra()))),
        sample("a word without a colon", stream(*_between(b"ping\n\n"))),
        sample(
            "a capital letter in every event",
            stream(*(part.replace(b"data:", b"Data:", 1) for part in good_events())),
            sets_off=("S04",),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look at the names of all finished lines that do not look like payload."""
    yield from first_few(
        generation.finding(_message(line), offset=line.offset)
        for block in generation.blocks
        for line, is_payload in stray_lines(block)
        if not is_payload and line.ending is not LineEnding.NONE
    )


def _message(line: Line) -> str:
    near = bare_name(line)
    wanted = repr(near) if near in FIELD_NAMES else "'data', 'event', 'id' or 'retry'"
    return f"Legal SSE, but the field name {quoted(line.name)} is unknown and its line ignored, expected {wanted}"
