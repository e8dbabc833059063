"""S11: with CRLF, an event has one data line."""

import json
from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.core import Block, Line, LineEnding
from conformance.samples import final, good_events, preview, stream
from conformance.signs.applicability import require_fal_clients
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few
from conformance.stream.payload import Json


def _pretty(payload: Json, ending: str) -> bytes:
    lines = json.dumps(payload, indent=2).splitlines()
    return (ending.join(f"data: {line}" for line in lines) + ending * 2).encode()


def _good(ending: bytes) -> list[bytes]:
    return [part.replace(b"\n", ending) for part in good_events()]


@rule(
    id="S11",
    name="crlf-inside-event",
    requirement="Where lines end with CRLF, every event has one data line.",
    level=Level.SHOULD,
    basis=Basis.CLIENT,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream",
    rationale="When a chunk edge falls between CR and LF, fal-js's parser ends the event there. After the only data "
    "line that does no harm. It is a risk rather than a fault, since the network decides where edges fall: a SHOULD.",
    consequence="fal-js now and then gets half a document, stops with a SyntaxError and loses the rest.",
    fix="Write the JSON on one line with json.dumps(payload) and no indent, or end lines with LF.",
    requires=("H02",),
    passes=lambda: (
        sample("pretty JSON with LF", stream(*_good(b"\n")[:-1], _pretty(final(), "\n"))),
        sample("one data line with CRLF", stream(*_good(b"\r\n"))),
        sample(
            "a comment and a name beside one data line",
            stream(*(b": hello\r\nevent: message\r\n" + part for part in _good(b"\r\n"))),
        ),
    ),
    fails=lambda: (
        sample("a pretty final with CRLF", stream(*_good(b"\r\n")[:-1], _pretty(final(), "\r\n"))),
        sample(
            "every event pretty with CRLF",
            stream(*(_pretty(preview(step), "\r\n") for step in (1, 2, 3, 4)), _pretty(final(), "\r\n")),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look for a CRLF between two data lines of an event."""
    require_fal_clients(generation)
    dispatched = (block for block in generation.blocks if block.is_dispatched)
    yield from first_few(
        generation.finding(
            f"Legal SSE, but event {event.index} has {len(block.data_lines)} data lines that end with CRLF, expected "
            "one: fal-js splits the event when a chunk edge falls inside a CRLF",
            event=event,
            offset=edge.end - 2,
        )
        for event, block in zip(generation.received, dispatched, strict=True)
        if (edge := _inner_crlf(block)) is not None
    )


def _inner_crlf(block: Block) -> Line | None:
    return next((line for line in block.data_lines[:-1] if line.ending is LineEnding.CRLF), None)
