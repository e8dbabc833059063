"""A raw server that answers several requests on each connection, with the bytes that a test gives it."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

__all__ = ["Close", "ConversationServer", "Step", "conversing"]


class Close:
    """In an answer: close the connection politely."""


Step = bytes | float | type[Close]
Answer = Callable[[bytes], Sequence[Step]]


@dataclass
class ConversationServer:
    """What it was asked, and on which connection.

    Attributes:
        url: Of its stream route.
        requests: Each request with the number of its connection, from 0.
        ended: Numbers of the connections that are over.
    """

    url: str
    requests: list[tuple[int, bytes]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)


@contextmanager
def conversing(answer: Answer, *, tls: ssl.SSLContext | None = None) -> Iterator[ConversationServer]:
    """Serve on a free port; each request is answered with what ``answer`` makes of its bytes."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = ConversationServer(url=f"{'https' if tls else 'http'}://localhost:{listener.getsockname()[1]}/stream")
    thread = threading.Thread(target=_accept, args=(listener, answer, server, tls), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        # Closing alone does not wake a thread that waits in accept.
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _accept(listener: socket.socket, answer: Answer, server: ConversationServer, tls: ssl.SSLContext | None) -> None:
    number = 0
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            arguments = (connection, answer, server, number, tls)
            threading.Thread(target=_converse, args=arguments, daemon=True).start()
            number += 1


def _converse(
    connection: socket.socket, answer: Answer, server: ConversationServer, number: int, tls: ssl.SSLContext | None
) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with suppress(OSError):
        secured = tls.wrap_socket(connection, server_side=True) if tls is not None else connection
        with secured:
            secured.settimeout(20)
            while (request := _read_request(secured)) and _say(secured, request, answer, server, number):
                pass
    server.ended.append(number)


def _say(connection: socket.socket, request: bytes, answer: Answer, server: ConversationServer, number: int) -> bool:
    """Give one answer; whether the connection stays open."""
    server.requests.append((number, request))
    for step in answer(request):
        if isinstance(step, bytes):
            connection.sendall(step)
        elif isinstance(step, float):
            time.sleep(step)
        else:
            return False
    return True


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _received(connection)
        if not data:
            return b""
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    while len(body) < int((lengths or [b"0"])[0]):
        body += _received(connection)
    return head + b"\r\n\r\n" + body


def _received(connection: socket.socket) -> bytes:
    return connection.recv(65_536)
