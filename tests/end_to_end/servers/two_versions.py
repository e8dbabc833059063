"""A server whose HTTP/1.1 side is right and whose HTTP/2 side can be made wrong, as proxies have two paths."""

import json
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from tests.end_to_end.servers.http2_conversation import Http2Conversation
from tests.end_to_end.servers.story import Story, objection
from tests.end_to_end.servers.tls_listener import listening

_FIELDS = [("content-type", "text/event-stream"), ("cache-control", "no-cache")]


class Fault(Enum):
    """What is wrong over HTTP/2."""

    NONE = "nothing"
    BUFFERED = "all of the body is kept to the end"
    RESET_AT_THE_END = "RST_STREAM stands where END_STREAM should"
    NO_END = "END_STREAM never comes"
    CONNECTION_HEADER = "a header field that belongs to HTTP/1.1"
    GONE = "GOAWAY without an error midway, and then the rest of the stream"


@contextmanager
def serve(story: Story, folder: Path, *, fault: Fault = Fault.NONE, http2: bool = True) -> Iterator[tuple[str, str]]:
    """Give the URL and the file of the authority that signed its certificate.

    Args:
        story: What it tells; it must fit into a window of 64 KiB.
        folder: Where the authority's certificate may be written.
        fault: What is wrong over HTTP/2.
        http2: Whether it chooses HTTP/2 where that is on offer.
    """

    def hold(connection: ssl.SSLSocket) -> None:
        if connection.selected_alpn_protocol() == "h2":
            _Http2(connection, story, fault).hold()
        else:
            _answer_http1(connection, story)

    with listening(hold, folder, protocols=["h2", "http/1.1"] if http2 else ["http/1.1"]) as at:
        yield at


def _answer_http1(connection: ssl.SSLSocket, story: Story) -> None:
    """One request a connection."""
    with connection.makefile("rb") as file:
        method = file.readline().split(b" ")[0].decode()
        length = 0
        while (line := file.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        status, refusal = _judge(method, file.read(length))
    if refusal is not None:
        head = f"HTTP/1.1 {status} R\r\nallow: POST\r\ncontent-type: application/json\r\nconnection: close\r\n"
        connection.sendall(f"{head}content-length: {len(refusal)}\r\n\r\n".encode() + refusal)
        return
    fields = "".join(f"{name}: {value}\r\n" for name, value in _FIELDS)
    connection.sendall(f"HTTP/1.1 200 OK\r\n{fields}transfer-encoding: chunked\r\nconnection: close\r\n\r\n".encode())
    for beat in story:
        time.sleep(beat.after_seconds)
        connection.sendall(b"%x\r\n%s\r\n" % (len(beat.wire), beat.wire))
    connection.sendall(b"0\r\n\r\n")


def _judge(method: str, body: bytes) -> tuple[int, bytes | None]:
    if method != "POST":
        return 405, b'{"detail": "Method Not Allowed"}'
    refusal = objection(body)
    return (200, None) if refusal is None else (422, json.dumps(refusal).encode())


class _Http2(Http2Conversation):
    """Tells the story, with the fault if it is one of HTTP/2."""

    def __init__(self, connection: ssl.SSLSocket, story: Story, fault: Fault) -> None:
        super().__init__(connection)
        self._story = story
        self._fault = fault

    def _respond(self, stream: int) -> None:
        status, refusal = _judge(self._method, self._body)
        if refusal is not None:
            fields = [(":status", str(status)), ("allow", "POST"), ("content-type", "application/json")]
            self._http2.send_headers(stream, fields)
            self._http2.send_data(stream, refusal, end_stream=True)
            return
        extra = [("connection", "keep-alive")] if self._fault is Fault.CONNECTION_HEADER else []
        self._http2.send_headers(stream, [(":status", "200"), *_FIELDS, *extra])
        for index, beat in enumerate(self._story):
            if self._fault is not Fault.BUFFERED:
                self._flush()
            time.sleep(beat.after_seconds)
            self._http2.send_data(stream, beat.wire)
            if self._fault is Fault.GONE and index == 1:
                # h2 itself would send nothing more after its GOAWAY: last stream 2**31 - 1, no error.
                self._flush()
                self._connection.sendall(bytes.fromhex("000008070000000000" + "7fffffff" + "00000000"))
        self._end(stream)

    def _end(self, stream: int) -> None:
        if self._fault is Fault.RESET_AT_THE_END:
            self._flush()
            self._http2.reset_stream(stream)
        elif self._fault is not Fault.NO_END:
            self._http2.end_stream(stream)
