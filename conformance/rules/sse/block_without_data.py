"""S07: no block has a field but no data."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.rules.sse import leaves_a_trace, quoted
from conformance.samples import good_events, stream
from conformance.signs.applicability import require_fal_clients
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few


def _between(block: bytes) -> tuple[bytes, ...]:
    return (*good_events()[:2], block, *good_events()[2:])


@rule(
    id="S07",
    name="block-without-data",
    requirement="A block with an `event`, `id` or `retry` field has a `data` field too.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation",
    rationale="The standard dispatches nothing for a block without data; httpx-sse, which fal_client reads with, makes "
    "an event with empty data of it. It is a MUST because the stream dies. Fields that httpx-sse forgets too, such as "
    "an empty `event:` or a `retry` that is no number, are left alone.",
    consequence="fal_client.stream raises JSONDecodeError at that block and loses the rest; fal-js reads on.",
    fix="Put `retry:`, `event:` and `id:` in front of a `data:` line of the same event, or leave them out.",
    requires=("H02",),
    passes=lambda: (
        sample("a retry field beside data", stream(b"retry: 3000\n" + good_events()[0], *good_events()[1:])),
        sample(
            "a name and an id beside data", stream(b"event: preview\nid: 1\n" + good_events()[0], *good_events()[1:])
        ),
        sample("a block of comments", stream(*_between(b": ping\n\n"))),
        sample("an extra blank line", stream(*_between(b"\n"))),
        sample("an empty name", stream(*_between(b"event:\n\n"))),
    ),
    fails=lambda: (
        sample("a retry block first", stream(b"retry: 3000\n\n", *good_events())),
        sample("a named heartbeat without data", stream(*_between(b"event: ping\n\n"))),
        sample("an id by itself", stream(*_between(b"id: 7\n\n"))),
        sample("a comment beside a retry field", stream(b": hello\nretry: 3000\n\n", *good_events())),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look for finished blocks without data of which httpx-sse makes an event."""
    require_fal_clients(generation)
    yield from first_few(
        generation.finding(
            f"Legal SSE, but the block {quoted(block.fields[0].content)} has no 'data' field: fal_client reads an "
            "event with empty data and raises JSONDecodeError",
            offset=block.fields[0].offset,
        )
        for block in generation.blocks
        if block.is_finished and not block.data_lines and leaves_a_trace(block)
    )
