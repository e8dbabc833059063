"""S04: the stream holds at least one event."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.samples import good_events, stream
from conformance.signs.applicability import require_whole
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@rule(
    id="S04",
    name="no-event",
    requirement="The stream holds at least one event.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation",
    rationale="A stream that ends without an event gives its reader nothing, and no error either. Comments are no "
    "events. A stream that broke off, or that we left, before its first event is judged by other rules, and one whose "
    "only event lost its blank line by S03.",
    consequence="fal_client's loop runs zero times; fal-js's done() resolves to undefined.",
    fix="Yield the result before the generator returns; report a failure as an event with an `error` member.",
    requires=("H02", "S06"),
    passes=lambda: (
        sample("comments before the events", stream(b": hello\n\n", *good_events())),
        sample("a single event", stream(good_events()[-1])),
    ),
    fails=lambda: (
        sample("comments only", stream(b": ping\n\n", b": ping\n\n", every_ms=5000)),
        sample("blank lines only", stream(b"\n\n")),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Count the events of a stream that ended by itself."""
    if generation.events:
        return
    require_whole(generation)
    if generation.unfinished_block is not None and generation.unfinished_block.data_lines:
        raise NotApplicable("the only event has no blank line, and S03 judges that")
    comments = sum(len(block.comments) for block in generation.blocks)
    yield generation.finding(
        f"the stream ended after {len(generation.body)} bytes with {comments} comment(s) and 0 events, "
        "expected at least one event",
        offset=len(generation.body),
        at_ns=generation.transcript.end.at_ns,
    )
