"""A good endpoint: what it answers to the generation, and to the requests that it has to refuse."""

from conformance.samples import good_events
from tests.conformance.conftest import SSE_HEAD, ScriptedServer, ServeScripts, Step, chunked

__all__ = ["NOT_ALLOWED", "REFUSED", "good_stream", "serve_good"]

REFUSED = [b'HTTP/1.1 422 U\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"detail": []}']
NOT_ALLOWED = [b"HTTP/1.1 405 M\r\nAllow: POST\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"]


def good_stream() -> list[Step]:
    """A good endpoint's answer to the generation, in a little over a second."""
    steps: list[Step] = [SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"]
    for piece in good_events(previews=3):
        steps += [0.35, *chunked(piece, end=False)]
    return [*steps, b"0\r\n\r\n"]


def serve_good(serve: ServeScripts) -> ScriptedServer:
    """Answer the generation, two requests with a bad payload and one with another method."""
    return serve(good_stream(), REFUSED, REFUSED, NOT_ALLOWED)
