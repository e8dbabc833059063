"""S14: `retry` is all digits and `id` has no NUL."""

import re
from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.core import Line
from conformance.rules.sse import content_offset, quoted
from conformance.samples import good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few

# bytes.isdigit and int() would let through more than the standard does.
_ASCII_DIGITS = re.compile(rb"[0-9]+")


def _first(field: bytes) -> tuple[bytes, ...]:
    return (field + b"\n" + good_events()[0], *good_events()[1:])


@rule(
    id="S14",
    name="malformed-retry-or-id",
    requirement="A `retry` field is all ASCII digits, and an `id` field has no NUL.",
    level=Level.SHOULD,
    basis=Basis.STANDARD,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation",
    rationale="The standard ignores such a field, and readers that are less exact do not agree on it: Python's int() "
    "takes `+5`, `1_000` and other digits. A line break in an id cannot be seen; it makes a line of its own, which S05 "
    "or S06 reads. Nothing but the field itself is lost, so it is a SHOULD.",
    consequence="Browsers keep their own reconnection time and the older event ID; neither fal client uses the two.",
    fix="Write `retry` as an integer of milliseconds and `id` without control characters, or leave both out.",
    requires=("H02",),
    passes=lambda: (
        sample("a retry in milliseconds", stream(*_first(b"retry: 3000"))),
        sample("no space after the colon", stream(*_first(b"retry:3000"))),
        sample("leading zeros", stream(*_first(b"retry: 0010"))),
        sample("an id with other signs", stream(*_first(b"id: 3f/a-b c"))),
        sample("an empty id", stream(*_first(b"id:"))),
        sample("a comment about retry", stream(*_first(b":retry: soon"))),
    ),
    fails=lambda: (
        sample("a fraction", stream(*_first(b"retry: 1.5"))),
        sample("a sign", stream(*_first(b"retry: +5"))),
        sample("an underscore", stream(*_first(b"retry: 1_000"))),
        sample("a unit", stream(*_first(b"retry: 3s"))),
        sample("a second space", stream(*_first(b"retry:  3000"))),
        sample("a space behind", stream(*_first(b"retry: 3000 "))),
        sample("Arabic digits", stream(*_first("retry: ٣٠٠٠".encode()))),
        sample("an empty retry", stream(*_first(b"retry:"))),
        sample("a NUL in the id", stream(*_first(b"id: a\x00b"))),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look at the fields of all blocks."""
    fields = (line for block in generation.blocks for line in block.fields)
    yield from first_few(
        generation.finding(message, offset=content_offset(line) + inside)
        for line in fields
        for message, inside in _faults(line)
    )


def _faults(line: Line) -> Iterator[tuple[str, int]]:
    if line.name == b"retry" and not _ASCII_DIGITS.fullmatch(line.value):
        yield f"retry is {quoted(line.value)}, expected ASCII digits only: readers ignore it", 0
    elif line.name == b"id" and b"\x00" in line.value:
        yield f"id is {quoted(line.value)}, expected no NUL: readers ignore it", line.content.index(b"\x00")
