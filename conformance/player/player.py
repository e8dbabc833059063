"""The player: serves transcripts over a real socket, broken as they were recorded.

It writes to the socket itself, because no HTTP server can be made to send a body without its end, a reset or a
chunk size that is none.
"""

import math
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException, parse_headers
from operator import eq
from types import TracebackType
from typing import BinaryIO

from conformance.core import Ending, Recut, Request, Transcript, UsageError
from conformance.core.redaction import is_secret_name
from conformance.player.pace import Pace, ScaledPace
from conformance.player.script import Farewell, Script, write_script

__all__ = ["Player"]

_HOST = "127.0.0.1"
_MOST_CONNECTIONS = 32
_REQUEST_SECONDS = 10.0
_COMMENT_SECONDS = 1.0
# A reset overtakes bytes that its receiver has not read yet, and they would be lost.
_BEFORE_RESET_SECONDS = 0.05
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Player:
    """Serves transcripts on 127.0.0.1; a context manager that gives the URL.

    A request is answered with the transcript whose own request is most like it: in method, then in body, then in
    whether it carries credentials. Of several alike, the one that was served least, in the order given. Redirects
    that were followed are not played, only the answer they led to. A connection serves one request, and more only where
    one of the transcripts was recorded on a connection that had served another.
    """

    def __init__(
        self,
        transcripts: Sequence[Transcript],
        *,
        port: int = 0,
        speed: float = 1.0,
        recut: Recut | None = None,
        pace: Callable[[int], Pace] | None = None,
        tls: ssl.SSLContext | None = None,
        on_request: Callable[[Request, Transcript], None] = lambda request, transcript: None,
    ) -> None:
        """Nothing is opened yet.

        Args:
            transcripts: What to serve, at least one.
            port: Where to listen; 0 for any free port.
            speed: 1 is as recorded, 2 twice as fast, 0 without any waiting.
            recut: Other chunk edges than the recorded ones.
            pace: Makes the pace of one answer from the recorded instant at which its request had been sent; real
                time at ``speed`` by default.
            tls: Serve https with the certificate of this context; fal's Python client speaks nothing else.
            on_request: Told of each request and what it is answered with, on the serving thread.

        Raises:
            UsageError: There is nothing to serve, a transcript cannot be played, or the speed is no speed.
        """
        if not transcripts:
            raise UsageError("there is no transcript to play")
        if not 0 <= speed < math.inf:
            raise UsageError(f"the speed is {speed}, expected 0 or more")
        self._scripts = [(transcript, write_script(transcript, recut)) for transcript in transcripts]
        self._traits = [_traits(transcript.request) for transcript in transcripts]
        self._served = [0] * len(self._scripts)
        self._keeps_connections = any(_is_on_a_kept_connection(transcript) for transcript in transcripts)
        self._port = port
        self._pace = pace or (lambda origin_ns: ScaledPace(origin_ns, speed, self._stopping))
        self._tls = tls
        self._on_request = on_request
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._workers = ThreadPoolExecutor(_MOST_CONNECTIONS + 1, thread_name_prefix="player")
        self._listener: socket.socket | None = None

    def __enter__(self) -> str:
        """Start to listen, and give the URL.

        Raises:
            UsageError: The port cannot be had.
        """
        try:
            self._listener = socket.create_server((_HOST, self._port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise UsageError(f"port {self._port} of {_HOST} cannot be listened on: {reason}") from error
        self._workers.submit(self._accept, self._listener)
        return f"{'https' if self._tls else 'http'}://{_HOST}:{self._listener.getsockname()[1]}/stream"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every connection and every thread."""
        self._stopping.set()
        with self._lock:
            sockets = [*self._open, *([self._listener] if self._listener else [])]
        for item in sockets:
            # Closing alone does not wake a thread that waits in accept or recv.
            with suppress(OSError):
                item.shutdown(socket.SHUT_RDWR)
        if self._listener:
            self._listener.close()
        self._workers.shutdown()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while not self._stopping.is_set():
                accepted, _ = listener.accept()
                # Each piece leaves when its time has come, not when the client has acknowledged the one before.
                accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                # The handshake is left to the first read, which has a limit and a thread of its own.
                connection = (
                    self._tls.wrap_socket(accepted, server_side=True, do_handshake_on_connect=False)
                    if self._tls
                    else accepted
                )
                try:
                    self._workers.submit(self._serve, connection)
                except RuntimeError:
                    # The workers were sent home in the meantime.
                    connection.close()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            with connection, suppress(OSError, ValueError, HTTPException):
                while not self._stopping.is_set() and self._answer(connection):
                    pass
        finally:
            with self._lock:
                self._open.discard(connection)

    def _answer(self, connection: socket.socket) -> bool:
        """Serve one request; whether the connection can serve another."""
        connection.settimeout(_REQUEST_SECONDS)
        with connection.makefile("rb") as file:
            request = _read_request(file)
        transcript, script = self._choose(request)
        self._on_request(request, transcript)
        # A client that reads slowly, or not at all, is waited for.
        connection.settimeout(None)
        pace, sent = self._pace(transcript.phases.request_sent_ns or 0), 0
        for step in script.steps:
            pace.reach(step.at_ns, sent)
            connection.sendall(step.data)
            sent += len(step.data)
        if self._keeps_connections and transcript.end.ending is Ending.COMPLETE:
            return True
        pace.reach(script.farewell_ns, sent)
        self._take_leave(connection, script)
        return False

    def _choose(self, request: Request) -> tuple[Transcript, Script]:
        with self._lock:
            asked = _traits(request)
            likeness = [tuple(map(eq, asked, recorded)) for recorded in self._traits]
            most = max(likeness)
            alike = [index for index, value in enumerate(likeness) if value == most]
            chosen = min(alike, key=lambda index: self._served[index])
            self._served[chosen] += 1
        return self._scripts[chosen]

    def _take_leave(self, connection: socket.socket, script: Script) -> None:
        if script.farewell is Farewell.RESET:
            self._stopping.wait(_BEFORE_RESET_SECONDS)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        elif script.farewell is Farewell.STALL:
            _wait_for_leave(connection)
        elif script.farewell is Farewell.COMMENTS:
            connection.settimeout(_COMMENT_SECONDS)
            is_left = False
            while not is_left:
                connection.sendall(script.comment)
                with suppress(TimeoutError):
                    _wait_for_leave(connection)
                    is_left = True
        else:
            connection.shutdown(socket.SHUT_WR)


def _is_on_a_kept_connection(transcript: Transcript) -> bool:
    return transcript.phases.request_sent_ns is not None and transcript.phases.connected_ns is None


def _wait_for_leave(connection: socket.socket) -> None:
    while connection.recv(65_536):
        pass


def _read_request(file: BinaryIO) -> Request:
    method, target, _ = file.readline(65_536).decode("latin-1").split(" ", 2)
    fields = parse_headers(file)
    body = _read_chunked(file) if fields["transfer-encoding"] else file.read(int(fields["content-length"] or 0))
    return Request(method=method, url=target, headers=tuple(fields.items()), body=body)


def _read_chunked(file: BinaryIO) -> bytes:
    body = b""
    while size := int(file.readline(1024).partition(b";")[0], 16):
        body += file.read(size)
        file.readline(2)
    parse_headers(file)
    return body


def _traits(request: Request) -> tuple[str, bytes, bool]:
    """By what requests are alike, the most telling first."""
    return request.method, request.body, any(is_secret_name(name) for name, _ in request.headers)
