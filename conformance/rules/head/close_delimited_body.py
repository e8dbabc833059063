"""H05: the end of the body can be told from a cut."""

from collections.abc import Iterator

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending
from conformance.samples import SSE_HEADERS, event, good_events, stream
from conformance.stream.conventions import Conventions
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

_UNFRAMED = SSE_HEADERS[:-1]
_TEXT_EVENT = event({"final": True, "text": "a red disc"})


@rule(
    id="H05",
    name="close-delimited-body",
    requirement="The body is chunked, has a Content-Length or comes over HTTP/2; no close of the connection ends it.",
    level=Level.SHOULD,
    basis=Basis.STANDARD,
    reference="https://www.rfc-editor.org/rfc/rfc9112#section-6.3",
    rationale="A reader cannot tell the end of a close-delimited body from a cut, and RFC 9112 advises against it. It "
    "is legal and works while nothing goes wrong: a warning. HTTP/1.0 has no chunked coding, HTTP/2 frames every "
    "body, so only HTTP/1.1 is judged. The head decides, however the stream ended.",
    consequence="When a proxy or the worker dies midway, fal_client and fal-js report success and show a preview as "
    "the result.",
    fix="Let the server chunk: set neither `Connection: close` nor a Transfer-Encoding by hand, and leave nginx's "
    "chunked_transfer_encoding on.",
    requires=("H01", "H18"),
    passes=lambda: (
        sample("chunked", stream(*good_events())),
        sample(
            "a Content-Length",
            stream(_TEXT_EVENT, every_ms=100, headers=(*_UNFRAMED, ("Content-Length", str(len(_TEXT_EVENT))))),
            conventions=Conventions(carries_pictures=False),
        ),
        sample(
            "HTTP/2, which has no transfer codings", stream(*good_events(), headers=_UNFRAMED, http_version="HTTP/2")
        ),
        sample(
            "a proxy that speaks HTTP/1.0",
            stream(*good_events(), headers=_UNFRAMED, http_version="HTTP/1.0", ending=Ending.CLOSED),
        ),
    ),
    fails=lambda: (
        sample("HTTP/1.1 ended by a close", stream(*good_events(), headers=_UNFRAMED, ending=Ending.CLOSED)),
        sample(
            "Connection: close instead of chunks",
            stream(*good_events(), headers=(*_UNFRAMED, ("connection", "close")), ending=Ending.CLOSED),
        ),
        sample(
            "a transfer coding that is not chunked",
            stream(*good_events(), headers=(*_UNFRAMED, ("transfer-encoding", "identity")), ending=Ending.CLOSED),
        ),
    ),
)
def check(generation: Evidence) -> Iterator[Finding]:
    """Look for a framing in the head of an HTTP/1.1 response."""
    if generation.response.http_version != "HTTP/1.1":
        raise NotApplicable(f"{generation.response.http_version} leaves no choice of framing for a stream")
    codings = generation.header_members("transfer-encoding")
    if codings[-1:] == ("chunked",) or (not codings and generation.response.values("content-length")):
        return
    said = (
        f"Transfer-Encoding is {', '.join(codings)!r}" if codings else "there is no Transfer-Encoding or Content-Length"
    )
    yield generation.finding(
        f"{said}, so that only the close of the connection ends the body; expected 'chunked'",
        at_ns=generation.transcript.end.at_ns,
    )
