"""H03: the media type is written in lower case."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, rule, sample
from conformance.samples import SSE_HEADERS, good_events, stream
from conformance.signs.applicability import require_fal_clients
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


@rule(
    id="H03",
    name="upper-case-media-type",
    requirement="The media type is written in lower case letters.",
    level=Level.MUST,
    basis=Basis.CLIENT,
    reference="https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1",
    rationale="Media types compare without case, but fal_client and fal-js compare letter by letter. Only the essence "
    "counts: parameters may be in any case.",
    consequence="fal_client raises SSEError; fal-js hands out raw bytes as if they were events and reports success.",
    fix='Write media_type="text/event-stream" in lower case, and look for a proxy that rewrites it.',
    requires=("H02",),
    passes=lambda: (
        sample("lower case", stream(*good_events())),
        sample(
            "a parameter in upper case",
            stream(*good_events(), headers=(("CONTENT-TYPE", "text/event-stream; Charset=UTF-8"), *SSE_HEADERS[1:])),
        ),
    ),
    fails=lambda: (
        sample(
            "capital initials",
            stream(*good_events(), headers=(("content-type", "Text/Event-Stream"), *SSE_HEADERS[1:])),
        ),
        sample(
            "one capital and a parameter",
            stream(*good_events(), headers=(("content-type", "text/Event-stream; charset=utf-8"), *SSE_HEADERS[1:])),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Compare the essence letter by letter."""
    require_fal_clients(generation)
    if generation.media_type != "text/event-stream":
        yield generation.finding(
            f"Legal SSE, but both clients compare letter by letter: the media type is {generation.media_type!r}, "
            "expected 'text/event-stream'"
        )
