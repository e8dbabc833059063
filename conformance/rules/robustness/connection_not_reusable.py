"""R04: the connection can be used again after a stream."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from conformance.catalogue import Basis, Level, NotApplicable, rule, sample
from conformance.core import Ending, Phases, Transcript
from conformance.samples import SSE_HEADERS, answer, event, good_events, preview, stream
from conformance.stream.evidence import Evidence
from conformance.stream.finding import Finding

# A server may close a connection whenever it wants, also at the very moment of the next request.
_LEGAL = {
    Ending.TRUNCATED: "the server closed the connection when the next request came, as it may",
    Ending.RESET: "the server reset the connection when the next request came, as it may",
    Ending.ABANDONED: "we hung up before an answer came",
    Ending.UNREACHABLE: "the connection was closed, and another one could not be made",
    Ending.TLS_FAILED: "the connection was closed, and another one could not be made",
}
_STRAY = "11 byte(s) follow the end of the response: b'2\\r\\n\\r\\n0\\r\\n\\r\\n'"
_NO_STATUS_LINE = "illegal status line: bytearray(b'this is no chunk size')"


def _kept(transcript: Transcript) -> Transcript:
    """As recorded on a connection that was open already."""
    phases = transcript.phases
    return replace(transcript, phases=Phases(request_sent_ns=phases.request_sent_ns, head_ns=phases.head_ns))


def _refused(probe: str) -> Transcript:
    return answer(probe, 405, {"detail": "Method Not Allowed"}, headers=(("Allow", "POST"),))


def _reused() -> Transcript:
    return _kept(_refused("reused_connection"))


def _reused_http2() -> Transcript:
    refusal = stream(probe="reused_connection", status=405, headers=(("allow", "POST"),), http_version="HTTP/2")
    return _kept(refusal)


def _unanswered(ending: Ending, detail: str = "", *, probe: str = "reused_connection", end_ms: int = 30) -> Transcript:
    silent = stream(probe=probe, first_ms=end_ms, end_after_ms=0, ending=ending)
    silent = replace(silent, head=None, end=replace(silent.end, detail=detail))
    return replace(_kept(silent), phases=Phases(request_sent_ns=2_000_000))


@rule(
    id="R04",
    name="connection-not-reusable",
    requirement="After a stream that ended cleanly, its connection serves another request, or is closed.",
    level=Level.SHOULD,
    basis=Basis.STANDARD,
    reference="https://www.rfc-editor.org/rfc/rfc9112#section-9.3",
    rationale="Connections persist unless one side says otherwise, and proxies and clients do send the next request on "
    "the one that carried a stream. Bytes behind the end of a body are taken for the next answer, so that the fault "
    "shows in a request that did nothing wrong. Closing the connection is always allowed, even at the moment of the "
    "next request, and then there is nothing to judge. Most clients of fal make a connection a stream: a warning.",
    consequence="Behind a proxy, or in an app that keeps its client, every second request fails with a protocol error "
    "or hangs until its timeout.",
    fix="Write nothing after the zero chunk (or after Content-Length bytes), and let the server's own code frame the "
    "body; where the handler cannot read on after a stream, answer with `Connection: close`.",
    # After any other end than a clean one the connection is lost anyway.
    requires=("H07",),
    passes=lambda: (
        sample("a refusal on the same connection", stream(*good_events()), _reused(), _refused("wrong_method")),
        sample(
            "a stream over GET on the same connection",
            stream(*good_events()),
            _kept(stream(event(preview()), probe="reused_connection", ending=Ending.ABANDONED)),
        ),
        sample(
            "the last of several generations",
            stream(*good_events(), headers=SSE_HEADERS[:-1], ending=Ending.CLOSED),
            stream(*good_events()),
            _reused(),
            sets_off=("H05",),
        ),
        sample(
            "HTTP/2",
            stream(*good_events(), headers=SSE_HEADERS[:-1], http_version="HTTP/2"),
            _reused_http2(),
        ),
        sample("the server had closed its side", stream(*good_events()), _refused("reused_connection")),
        sample(
            "a body that ends with the connection",
            stream(*good_events(), headers=SSE_HEADERS[:-1], http_version="HTTP/1.0", ending=Ending.CLOSED),
            _refused("reused_connection"),
        ),
        sample("closed at that very moment", stream(*good_events()), _unanswered(Ending.TRUNCATED)),
        sample("reset at that very moment", stream(*good_events()), _unanswered(Ending.RESET)),
        sample(
            "a GET that is held for long on any connection",
            stream(*good_events()),
            _unanswered(Ending.TIMED_OUT, end_ms=60_000),
        ),
    ),
    fails=lambda: (
        sample(
            "bytes after the zero chunk",
            stream(*good_events()),
            _unanswered(Ending.PROTOCOL_ERROR, _STRAY),
            _refused("wrong_method"),
        ),
        sample(
            "an answer that is not HTTP",
            stream(*good_events()),
            _unanswered(Ending.PROTOCOL_ERROR, _NO_STATUS_LINE),
            _refused("wrong_method"),
        ),
        sample(
            "no answer",
            stream(*good_events()),
            _unanswered(Ending.TIMED_OUT, "nothing arrived for 60 s", end_ms=60_000),
            _refused("wrong_method"),
        ),
    ),
)
def check(
    generations: Sequence[Evidence], reused_connection: Evidence, answers: Sequence[Evidence]
) -> Iterator[Finding]:
    """See whether the next request got an answer on the connection of the last generation."""
    ending = generations[-1].transcript.end.ending
    if ending is not Ending.COMPLETE:
        raise NotApplicable(f"the body of the generation ended with its connection: {ending.value}")
    phases, end = reused_connection.transcript.phases, reused_connection.transcript.end
    if phases.connected_ns is not None:
        raise NotApplicable("the server closed the connection after the stream, as it may")
    if reused_connection.head is not None:
        return
    if end.ending in _LEGAL:
        raise NotApplicable(_LEGAL[end.ending])
    # Nothing was sent where bytes lay there already: then the endpoint's ways with GET do not matter.
    if phases.request_sent_ns is not None and not any(item.probe == "wrong_method" for item in answers):
        raise NotApplicable("GET got no answer on a connection of its own either")
    yield reused_connection.finding(
        f"on the connection that had carried the stream, the next request got no answer "
        f"({end.detail or end.ending.value}), expected one, or the end of the connection",
        at_ns=end.at_ns,
    )
