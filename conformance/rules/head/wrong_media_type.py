"""H02: the response says that it is an event stream."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.core import Headers
from conformance.samples import SSE_HEADERS, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


def _typed(content_type: str | None) -> Headers:
    first = (("content-type", content_type),) if content_type is not None else ()
    return (*first, *SSE_HEADERS[1:])


@rule(
    id="H02",
    name="wrong-media-type",
    requirement="The media type is text/event-stream.",
    level=Level.MUST,
    basis=Basis.STANDARD,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model",
    rationale="The media type alone tells a client that the body is an event stream. Parameters may follow it.",
    consequence="fal_client raises SSEError; fal-js hands out raw bytes as if they were events and reports success.",
    fix='Return StreamingResponse(..., media_type="text/event-stream"); without media_type it sends none, and FastAPI '
    "answers an endpoint that is itself a generator with application/jsonl.",
    requires=("H01", "H18"),
    passes=lambda: (
        sample("a charset parameter", stream(*good_events())),
        sample("no parameter", stream(*good_events(), headers=_typed("text/event-stream"))),
        sample("a trailing semicolon", stream(*good_events(), headers=_typed("text/event-stream;"))),
        sample("an odd parameter", stream(*good_events(), headers=_typed("text/event-stream; x=y; z"))),
        sample(
            "another case, which is H03's",
            stream(*good_events(), headers=_typed("Text/Event-Stream")),
            sets_off=("H03",),
        ),
    ),
    fails=lambda: (
        sample("JSON", stream(*good_events(), headers=_typed("application/json"))),
        sample("newline-delimited JSON", stream(b'{"step": 1}\n', headers=_typed("application/x-ndjson"))),
        sample("plain text", stream(*good_events(), headers=_typed("text/plain"))),
        sample("no Content-Type at all", stream(*good_events(), headers=_typed(None))),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Compare the essence, in any case of letters."""
    if not generation.is_event_stream:
        said = generation.response.value("content-type")
        read = "there is no Content-Type" if said is None else f"Content-Type is {said!r}"
        yield generation.finding(f"{read}, expected 'text/event-stream'", offset=0 if generation.body else None)
