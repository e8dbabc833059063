"""Recorded time without waiting: a player and a recorder that take turns.

The bytes go over a real socket; only the clock is a stand-in. The player moves it to a step's recorded instant once
the recorder has read everything before and waits for more, so each read is stamped as it was in the recording, on
however busy a machine.
"""

import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import httpcore

from conformance.recorders.wire_tap import STRAY_SECONDS

_LONGEST_TURN_SECONDS = 60.0


class Lockstep:
    """The clock of one recording at a time, and the pace of the player that moves it."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._now_ns = 0
        self._read_bytes = 0
        self._is_waiting = False
        self._is_gone = False
        self._has_moved = False
        self._recordings = 0

    def clock(self) -> int:
        """For the recorder."""
        return self._now_ns

    def start(self, at_ns: int) -> "_Answer":
        """For the player: its request is in, which was recorded as sent at an instant."""
        return _Answer(self, self._recordings)

    def reach(self, at_ns: int, sent_bytes: int, recording: int | None = None) -> None:
        """For the player: its turn comes when all that it sent was read, and never once the next recording began."""

        def is_over() -> bool:
            return recording is not None and recording != self._recordings

        def is_my_turn() -> bool:
            return is_over() or self._is_gone or (self._is_waiting and self._read_bytes == sent_bytes)

        with self._turn:
            assert self._turn.wait_for(is_my_turn, _LONGEST_TURN_SECONDS), "the recorder does not read on"
            if is_over():
                return
            self._now_ns = at_ns
            self._has_moved = True
            self._turn.notify_all()

    @contextmanager
    def recording(self, request_sent_ns: int) -> Iterator[None]:
        """Let a recorder that is used in the block take turns; its request is sent at the instant given."""
        with self._turn:
            self._recordings += 1
            self._now_ns, self._read_bytes = 0, 0
            self._is_waiting, self._is_gone, self._has_moved = False, False, False
            self._turn.notify_all()
        backend = httpcore.SyncBackend()
        with patch.object(httpcore, "SyncBackend", lambda: _Backend(self, request_sent_ns, backend)):
            yield

    def on_connected(self, at_ns: int) -> None:
        self._now_ns = at_ns

    def on_wait(self) -> None:
        with self._turn:
            self._is_waiting = True
            self._turn.notify_all()

    def on_silence(self) -> None:
        """The recorder has waited in vain; on a busy machine the player may not even have had its turn."""
        with self._turn:
            self._turn.wait_for(lambda: self._has_moved, _LONGEST_TURN_SECONDS)

    def on_read(self, data: bytes) -> None:
        with self._turn:
            self._is_waiting, self._has_moved = False, False
            self._read_bytes += len(data)

    def on_gone(self) -> None:
        with self._turn:
            self._is_gone = True
            self._turn.notify_all()


class _Answer:
    """The pace of one answer."""

    def __init__(self, lockstep: Lockstep, recording: int) -> None:
        self._lockstep = lockstep
        self._recording = recording

    def reach(self, at_ns: int, sent_bytes: int) -> None:
        self._lockstep.reach(at_ns, sent_bytes, self._recording)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, lockstep: Lockstep, sent_ns: int, backend: httpcore.NetworkBackend) -> None:
        self._lockstep = lockstep
        self._sent_ns = sent_ns
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._backend.connect_tcp(host, port, timeout, local_address, socket_options)
        self._lockstep.on_connected(self._sent_ns)
        return _Stream(stream, self._lockstep)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, lockstep: Lockstep) -> None:
        self._stream = stream
        self._lockstep = lockstep

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if timeout == STRAY_SECONDS:
            # A look at what nobody asked for, at which the player has no turn.
            return self._stream.read(max_bytes, timeout)
        self._lockstep.on_wait()
        data = b""
        try:
            data = self._stream.read(max_bytes, timeout)
        except httpcore.ReadTimeout:
            self._lockstep.on_silence()
            raise
        finally:
            self._lockstep.on_read(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._lockstep.on_gone()
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout), self._lockstep)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
