"""The standard library's http.server, and every way to frame a body that HTTP/1 allows."""

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.end_to_end.servers.story import Members, Story, objection

EVENT_STREAM = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"}


class Framing(Enum):
    """How the end of the body is told."""

    CHUNKED = "a chunk an event"
    BYTE_AT_A_TIME = "a chunk a byte, each in a write of its own"
    EXTENSIONS_AND_TRAILERS = "chunks with extensions, and trailers after the last"
    CLOSED = "the connection closes, in HTTP/1.1"
    CLOSED_IN_HTTP_1_0 = "the connection closes, in HTTP/1.0"


@contextmanager
def serve(
    story: Story, *, framing: Framing = Framing.CHUNKED, headers: Mapping[str, str] = EVENT_STREAM
) -> Iterator[str]:
    members = {
        "story": story,
        "framing": framing,
        "stream_headers": headers,
        "protocol_version": "HTTP/1.0" if framing is Framing.CLOSED_IN_HTTP_1_0 else "HTTP/1.1",
    }
    handler = type("Handler", (_Handler,), members)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/stream"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    story: Story
    framing: Framing
    stream_headers: Mapping[str, str]

    def do_GET(self) -> None:
        self._answer(405, {"detail": "Method Not Allowed"}, {"Allow": "POST"})

    def do_POST(self) -> None:
        refusal = objection(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if refusal is not None:
            self._answer(422, refusal, {})
            return
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send_response(200)
        is_closed = self.framing in (Framing.CLOSED, Framing.CLOSED_IN_HTTP_1_0)
        ending = ("Connection", "close") if is_closed else ("Transfer-Encoding", "chunked")
        trailer = [("Trailer", "Server-Timing")] if self.framing is Framing.EXTENSIONS_AND_TRAILERS else []
        for name, value in (*self.stream_headers.items(), ending, *trailer):
            self.send_header(name, value)
        self.end_headers()
        for beat in self.story:
            time.sleep(beat.after_seconds)
            self._send(beat.wire)
        self.wfile.write(self._end())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        pass

    def _send(self, data: bytes) -> None:
        if self.framing in (Framing.CLOSED, Framing.CLOSED_IN_HTTP_1_0):
            self.wfile.write(data)
        elif self.framing is Framing.BYTE_AT_A_TIME:
            for byte in data:
                self.wfile.write(b"1\r\n%c\r\n" % byte)
        else:
            extension = b';sum="a;b"' if self.framing is Framing.EXTENSIONS_AND_TRAILERS else b""
            self.wfile.write(b"%X%s\r\n%s\r\n" % (len(data), extension, data))

    def _end(self) -> bytes:
        if self.framing in (Framing.CLOSED, Framing.CLOSED_IN_HTTP_1_0):
            return b""
        trailers = b"Server-Timing: gpu;dur=1200\r\n" if self.framing is Framing.EXTENSIONS_AND_TRAILERS else b""
        return b"0\r\n%s\r\n" % trailers

    def _answer(self, status: int, body: Members, headers: Mapping[str, str]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
