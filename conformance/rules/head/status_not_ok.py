"""H01: a valid request is answered with 200."""

from collections.abc import Iterator
from dataclasses import replace

from conformance.catalogue import Basis, Level, rule, sample
from conformance.core import Redirect, ResponseHead
from conformance.samples import answer, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_MOVED = Redirect(
    url="http://127.0.0.1:8000/stream/",
    head=ResponseHead(status=307, headers=(("location", "/stream"),)),
)


@rule(
    id="H01",
    name="status-not-ok",
    requirement="A valid POST is answered with status 200.",
    level=Level.MUST,
    basis=Basis.STANDARD,
    reference="https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model",
    rationale="An event stream is read from a 200 only. 307 and 308 are followed, as both official clients follow "
    "them, and the last answer is judged; 301, 302 and 303 turn the POST into a GET and lose its body.",
    consequence="No previews at all: fal-js raises an ApiError, fal_client an error that hides the status.",
    fix="Answer 200 and start the stream; refuse bad input with 4xx before the stream starts.",
    passes=lambda: (
        sample("a plain 200", stream(*good_events())),
        sample("a 307 that was followed", replace(stream(*good_events()), redirects=(_MOVED,))),
    ),
    fails=lambda: (
        sample("202 with a stream", stream(*good_events(), status=202)),
        sample("500 with a JSON body", answer("generation", 500, {"detail": "Internal Server Error"})),
        sample("404 with a JSON body", answer("generation", 404, {"detail": "Not Found"})),
        sample(
            "a 302, which is not followed with a POST",
            answer("generation", 302, b"", headers=(("location", "/elsewhere"),)),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Compare the last response's status with 200; 204 has a rule of its own."""
    status = generation.response.status
    if status not in (200, 204):
        said = f": {generation.body[:200].decode('utf-8', 'replace')!r}" if generation.body else ""
        yield generation.finding(f"the status is {status}, expected 200{said}")
