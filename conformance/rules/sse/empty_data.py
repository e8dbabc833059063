"""S09: no event has empty data."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.samples import event, final, good_events, stream
from conformance.signs.applicability import require_json
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few

_WHITE_SPACE = " \t\r\n"


def _between(block: bytes) -> tuple[bytes, ...]:
    return (*good_events()[:2], block, *good_events()[2:])


@rule(
    id="S09",
    name="empty-data",
    requirement="No event has empty data.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation",
    rationale="The standard dispatches an event for a bare `data:`, contrary to common belief, and both fal clients "
    "parse its empty data as JSON. It is a MUST because the stream dies.",
    consequence="fal_client raises JSONDecodeError; fal-js's iterator stops and done() rejects.",
    fix="Send keep-alives as comments, `: ping` and a line break, and no event without a payload.",
    requires=("H02",),
    passes=lambda: (
        sample("a comment as keep-alive", stream(*_between(b": ping\n\n"))),
        sample("an empty data line before the payload", stream(b"data:\n" + good_events()[0], *good_events()[1:])),
        sample("an empty string inside the payload", stream(*good_events()[:-1], event(final(prompt="")))),
    ),
    fails=lambda: (
        sample("a bare data field as keep-alive", stream(*_between(b"data:\n\n"))),
        sample("a data field without a colon", stream(*_between(b"data\n\n"))),
        sample("two empty data lines", stream(*_between(b"data:\ndata:\n\n"))),
        sample("nothing but a space", stream(*_between(b"data:  \n\n"))),
        sample("a named event with empty data", stream(*_between(b"event: ping\ndata:\n\n"))),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look at every event's data, white space aside."""
    require_json(generation)
    yield from first_few(
        generation.finding(
            f"Legal SSE, but the data of event {event.index} is {event.sse.data[:20]!r}, expected JSON: both fal "
            "clients fail on it",
            event=event,
        )
        for event in generation.events
        if not event.sse.data.strip(_WHITE_SPACE)
    )
