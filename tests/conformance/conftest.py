"""Tests of each rule, and a raw socket server that sends exactly the bytes a test gives it, when it says so."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from tests.conformance.each_rule import case_id, rules_to_test

SSE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked ``each_rule`` with each rule of the run, ``each_sample`` with each of their samples."""
    rules = rules_to_test(metafunc.config)
    for _ in metafunc.definition.iter_markers("each_rule"):
        metafunc.parametrize("rule", rules, ids=case_id)
    for mark in metafunc.definition.iter_markers("each_sample"):
        samples = [(rule, item) for rule in rules for item in mark.kwargs["of"](rule)]
        metafunc.parametrize(("rule", "item"), samples, ids=case_id)


class Reset:
    """In a script: end the connection with RST."""


class Stall:
    """In a script: keep the connection open and say nothing until the client leaves."""


Step = bytes | float | type[Reset] | type[Stall]


def chunked(*pieces: bytes, end: bool = True) -> list[Step]:
    """The pieces in HTTP/1.1 chunked framing, each in its own write."""
    framed: list[Step] = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces]
    return [*framed, b"0\r\n\r\n"] if end else framed


def event_stream(*pieces: bytes, end: bool = True) -> list[Step]:
    """A whole chunked answer with an event stream's head."""
    return [SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *chunked(*pieces, end=end)]


@dataclass
class ScriptedServer:
    """Answers the n-th request with the n-th script (the last one again and again)."""

    port: int
    scheme: str
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}/stream"


ServeScripts = Callable[..., ScriptedServer]


@pytest.fixture
def serve() -> Iterator[ServeScripts]:
    """Start servers, each with its scripts; all of them end with the test."""
    stops: list[Callable[[], None]] = []

    def start(*scripts: list[Step], tls: ssl.SSLContext | None = None) -> ScriptedServer:
        listener = socket.create_server(("127.0.0.1", 0))
        server = ScriptedServer(port=listener.getsockname()[1], scheme="https" if tls else "http")
        thread = threading.Thread(target=_serve, args=(listener, list(scripts), server, tls), daemon=True)
        thread.start()

        def stop() -> None:
            # A listener that is shut down wakes its accept; closing alone does not on Linux.
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(5)

        stops.append(stop)
        return server

    yield start
    for stop in stops:
        stop()


def _serve(
    listener: socket.socket, scripts: list[list[Step]], server: ScriptedServer, tls: ssl.SSLContext | None
) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        try:
            if tls is not None:
                connection = tls.wrap_socket(connection, server_side=True)
            with connection:
                connection.settimeout(10)
                server.requests.append(_read_request(connection))
                _play(connection, scripts[min(len(server.requests), len(scripts)) - 1])
        except OSError:
            continue


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += _receive(connection)
    return head + b"\r\n\r\n" + body


def _receive(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionAbortedError
    return data


def _play(connection: socket.socket, script: list[Step]) -> None:
    for step in script:
        if isinstance(step, bytes):
            connection.sendall(step)
        elif isinstance(step, float):
            time.sleep(step)
        elif step is Reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        elif step is Stall:
            connection.recv(1)
            return
    connection.shutdown(socket.SHUT_WR)
