"""A stand-in endpoint: right by default, and a test bends one thing in one line."""

import base64
import contextlib
import io
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import pytest
from PIL import Image

EVENT_STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"


def picture_event(size_bytes: int = 3_000, *, colour: str = "teal", **further: object) -> bytes:
    """An event with a picture; by default its size is no multiple of a block, as sizes are in life."""
    encoded = io.BytesIO()
    Image.new("RGB", (16, 16), colour).save(encoded, "JPEG")
    # Decoders stop at the end of the picture, and what follows makes the event as large as it is to be.
    data = base64.b64encode(encoded.getvalue().ljust(size_bytes * 3 // 4, b"\0")).decode()
    image = {"url": f"data:image/jpeg;base64,{data}", "content_type": "image/jpeg"}
    return b"data: " + json.dumps({"image": image, **further}).encode() + b"\n\n"


@dataclass(frozen=True, kw_only=True)
class Script:
    """How the stand-in answers: previews at a known cadence, then the final, over chunked HTTP/1.1.

    Attributes:
        first_seconds: From the request to the first event.
        cadence_seconds: From one event to the next.
        events: What is sent, one chunk each.
        head: Status line and header fields, or None to hang up before any.
        head_seconds: From the request to the head.
        is_chunked: Whether the body is chunked, or ends with the connection.
        is_torn: Whether the connection closes where the end of the body should be.
        silence_seconds: For how long nothing comes before the end of the body.
    """

    first_seconds: float = 0.05
    cadence_seconds: float = 0.05
    events: tuple[bytes, ...] = (picture_event(),) * 3
    head: bytes | None = EVENT_STREAM
    head_seconds: float = 0.0
    is_chunked: bool = True
    is_torn: bool = False
    silence_seconds: float = 0.0

    @property
    def final_seconds(self) -> float:
        return self.first_seconds + self.cadence_seconds * (len(self.events) - 1)


@dataclass
class StandInEndpoint:
    """Answers every POST by its script, or by several in turn; some paths may have a script of their own."""

    script: Script = field(default_factory=Script)
    turns: tuple[Script, ...] = ()
    by_path: dict[str, Script] = field(default_factory=dict)
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    origin: str = ""
    tls: ssl.SSLContext | None = None

    @property
    def url(self) -> str:
        return f"{self.origin}/stream"

    def serve(self, connection: socket.socket) -> None:
        """Answer the requests of one connection until either side closes it."""
        # Small writes must not wait for the acknowledgement of the one before.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls is not None:
            connection = self.tls.wrap_socket(connection, server_side=True)
        with connection, connection.makefile("rb") as incoming:
            while head := self._receive(incoming):
                path = head.split(b" ", 2)[1].decode()
                script = self.turns[len(self.heads) % len(self.turns)] if self.turns else self.script
                if not _answer(connection, self.by_path.get(path, script)):
                    return

    def _receive(self, incoming: BinaryIO) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = incoming.readline()
            if not line:
                return b""
            head += line
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        self.heads.append(head)
        self.bodies.append(incoming.read(int(lengths[0].partition(b":")[2])) if lengths else b"")
        return head


def _answer(connection: socket.socket, script: Script) -> bool:
    asked = time.monotonic()
    if script.head is None:
        return False
    time.sleep(script.head_seconds)
    framing = b"transfer-encoding: chunked\r\n\r\n" if script.is_chunked else b"connection: close\r\n\r\n"
    connection.sendall(script.head + framing)
    for index, event in enumerate(script.events):
        due = asked + script.first_seconds + index * script.cadence_seconds
        time.sleep(max(0.0, due - time.monotonic()))
        connection.sendall(b"%x\r\n%s\r\n" % (len(event), event) if script.is_chunked else event)
    time.sleep(script.silence_seconds)
    if script.is_torn or not script.is_chunked:
        return False
    connection.sendall(b"0\r\n\r\n")
    return True


@pytest.fixture
def endpoint() -> Iterator[StandInEndpoint]:
    """A stand-in endpoint on a free port of this machine."""
    stand_in = StandInEndpoint()
    listener = socket.create_server(("127.0.0.1", 0))
    stand_in.origin = f"http://127.0.0.1:{listener.getsockname()[1]}"

    def serve(connection: socket.socket) -> None:
        # Clients hang up, and refuse certificates.
        with contextlib.suppress(OSError):
            stand_in.serve(connection)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    yield stand_in
    # Closing alone does not wake a thread that waits in accept.
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    acceptor.join(5)


@pytest.fixture
def closed_origin() -> str:
    """An origin at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
