"""H18: a valid request is answered with a body."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.samples import SSE_HEADERS, answer, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@rule(
    id="H18",
    name="no-content",
    requirement="A valid request is never answered with 204 or an empty body.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model",
    rationale="204 tells a reader of event streams to stop for good; an empty body says nothing at all.",
    consequence="fal_client raises SSEError and fal-js an ApiError; with an empty 200, done() resolves to undefined.",
    fix="Send at least one event; report a failure as an error event or as a 4xx or 5xx before the stream.",
    requires=("H01",),
    passes=lambda: (sample("a stream with events", stream(*good_events())),),
    fails=lambda: (
        sample("204", answer("generation", 204, b"", content_type="text/event-stream")),
        sample("200 and nothing else", stream(headers=SSE_HEADERS)),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look at the status, then at the length of a body that ended by itself."""
    if generation.response.status == 204:
        yield generation.finding("the status is 204, expected 200 and a stream")
    elif not generation.transcript.body and generation.transcript.end.ending.is_clean:
        yield generation.finding("the body is empty, expected a stream of events")
