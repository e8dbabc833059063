"""H14: HTTP/2 responses carry no header about the connection."""

from collections.abc import Iterator, Sequence

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Transcript
from conformance.samples import SSE_HEADERS, good_events, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding, first_few

_FORBIDDEN = frozenset({"connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"})


def _http2(*headers: tuple[str, str], probe: str = "generation") -> Transcript:
    return stream(*good_events(), headers=(*SSE_HEADERS[:-1], *headers), http_version="HTTP/2", probe=probe)


@rule(
    id="H14",
    name="connection-header-in-http2",
    requirement="HTTP/2 responses have no Connection, Keep-Alive, Proxy-Connection, Transfer-Encoding or Upgrade.",
    level=Level.MUST,
    basis=Basis.STANDARD,
    reference="https://www.rfc-editor.org/rfc/rfc9113#section-8.2.2",
    rationale="HTTP/2 manages the connection itself, and a response with such a field is malformed. Over HTTP/1.1 the "
    "same fields are fine, and many tutorials on event streams set them. Every answer of the stream route that came "
    "over HTTP/2 is judged.",
    consequence="Readers that check, such as Safari, curl and Node's http2, reset the stream with PROTOCOL_ERROR: no "
    "preview at all, while lenient ones such as fal_client work.",
    fix="Remove handwritten `Connection: keep-alive` and `Transfer-Encoding: chunked`; the server sets what it needs.",
    requires=("H01",),
    passes=lambda: (
        sample("HTTP/2 without them", _http2()),
        sample(
            "Connection over HTTP/1.1",
            stream(*good_events(), headers=(*SSE_HEADERS, ("connection", "keep-alive"), ("keep-alive", "timeout=5"))),
        ),
        sample(
            "Connection over HTTP/1.1 and none over HTTP/2",
            stream(*good_events(), headers=(*SSE_HEADERS, ("connection", "keep-alive"))),
            _http2(probe="http2_generation"),
        ),
    ),
    fails=lambda: (
        sample("Connection", _http2(("connection", "keep-alive"))),
        sample("Keep-Alive", _http2(("keep-alive", "timeout=5"))),
        sample("Transfer-Encoding", _http2(("transfer-encoding", "chunked"))),
        sample(
            "only where HTTP/2 was asked for",
            stream(*good_events()),
            _http2(("connection", "keep-alive"), probe="http2_generation"),
        ),
        sample("an upgrade offered", _http2(("upgrade", "h2c"), ("connection", "upgrade"))),
    ),
)
def check(generation: Evidence, answers: Sequence[Evidence]) -> Iterator[Finding]:
    """Look for the forbidden fields in every answer of the stream route that came over HTTP/2."""
    own = [item for item in answers if item.transcript.request.url == generation.transcript.request.url]
    judged = [item for item in own if not item.response.http_version.startswith("HTTP/1")]
    if not judged:
        raise NotApplicable(f"the response came over {generation.response.http_version}")
    yield from first_few(
        item.finding(f"{name} is {value!r} in an {item.response.http_version} response, expected no such field")
        for item in judged
        for name, value in item.response.headers
        if name.lower() in _FORBIDDEN
    )
