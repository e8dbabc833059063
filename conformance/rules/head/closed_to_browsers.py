"""H17: a page of another origin may read the stream."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import SSE_HEADERS, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_ORIGIN = "https://pictures.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Whether the endpoint is meant for browsers.

    Attributes:
        browser_mode: Judge it even if the request had no Origin.
    """

    browser_mode: bool = False


def _for_page(*allowed: str) -> Transcript:
    headers = (*SSE_HEADERS, *(("access-control-allow-origin", value) for value in allowed))
    transcript = stream(*good_events(), headers=headers)
    asked = (*transcript.request.headers, ("Origin", _ORIGIN))
    return replace(transcript, request=replace(transcript.request, headers=asked))


@rule(
    id="H17",
    name="closed-to-browsers",
    requirement="In browser mode, Access-Control-Allow-Origin lets the asking page read the stream.",
    level=Level.MAY,
    basis=Basis.CLIENT,
    reference="https://fetch.spec.whatwg.org/#http-access-control-allow-origin",
    rationale="A browser withholds the response from a page of another origin unless this field names the page or is "
    "`*`. Most endpoints are called by servers or through a proxy of the site itself, so it is judged only when "
    "browser_mode is set or the request had an Origin header (many servers answer with the field only then): a note.",
    consequence="fal-js in a browser rejects with `TypeError: Failed to fetch` although the endpoint works elsewhere.",
    fix='Add CORSMiddleware with the site in allow_origins, "content-type" and "authorization" in allow_headers, and '
    "expose x-fal-request-id.",
    requires=("H01",),
    options=Options(),
    passes=lambda: (
        sample("any origin", _for_page("*")),
        sample("the asking page", _for_page(_ORIGIN)),
        sample("no browser mode, no Origin", stream(*good_events())),
    ),
    fails=lambda: (
        sample("no field", _for_page()),
        sample("another page", _for_page("https://other.example")),
        sample("two fields, which browsers refuse", _for_page("*", "*")),
    ),
)
def check(generation: Evidence, options: Options) -> Iterator[Finding]:
    """Compare the field with the Origin of the request, as a browser does."""
    headers = generation.transcript.request.headers
    origin = next((value for name, value in headers if name.lower() == "origin"), None)
    if origin is None and not options.browser_mode:
        raise NotApplicable("browser_mode is off and the request had no Origin")
    said = generation.response.value("access-control-allow-origin")
    if said is None:
        wanted = repr(origin) if origin else "the page's origin (many servers send it only if the request has one)"
        yield generation.finding(f"there is no Access-Control-Allow-Origin, expected '*' or {wanted}")
    elif origin is not None and said not in ("*", origin):
        yield generation.finding(f"Access-Control-Allow-Origin is {said!r}, expected '*' or {origin!r}")
