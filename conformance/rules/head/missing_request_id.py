"""H16: a generation at fal can be traced by its id."""

from collections.abc import Iterator
from dataclasses import replace

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Headers, Transcript
from conformance.probing.endpoint import is_fal_host
from conformance.samples import SSE_HEADERS, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding


def _at_fal(headers: Headers) -> Transcript:
    transcript = stream(*good_events(), headers=headers)
    return replace(transcript, request=replace(transcript.request, url="https://fal.run/owner/app/stream"))


@rule(
    id="H16",
    name="missing-request-id",
    requirement="Behind fal's gateway, the response has x-fal-request-id.",
    level=Level.INFO,
    basis=Basis.FAL,
    reference="https://fal.ai/docs/documentation/development/handle-cancellations",
    rationale="fal-js exposes the id as stream.requestId, and logs and cancellations go by it. Only the gateway adds "
    "it, so that nothing is said of a server elsewhere, and the app's author can do little: information.",
    consequence="stream.requestId is null in fal-js, and nobody can find the generation in fal's logs.",
    fix="Do not remove x-fal-request-id in a proxy between fal and the reader.",
    requires=("H01",),
    passes=lambda: (
        sample("fal's gateway adds it", _at_fal((*SSE_HEADERS, ("x-fal-request-id", "0f8fad5b-d9cb")))),
        sample("a local server has no gateway", stream(*good_events())),
    ),
    fails=lambda: (
        sample("the gateway's id is lost", _at_fal(SSE_HEADERS)),
        sample("the gateway's id is empty", _at_fal((*SSE_HEADERS, ("x-fal-request-id", "")))),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look for the field where fal's gateway stands in between."""
    if not is_fal_host(generation.transcript.request.url):
        raise NotApplicable("the endpoint is not behind fal's gateway, which adds the id")
    if not generation.response.value("x-fal-request-id"):
        yield generation.finding("there is no x-fal-request-id, expected the gateway's id")
