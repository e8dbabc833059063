"""A gevent socket that says when it read, and when the kernel had received what it read."""

import socket
import struct
import sys
import time
from typing import Any

import gevent.socket

from load.streaming.reading.kernel_clock import KernelClock
from load.streaming.reading.read_timeout import ReadTimeout

__all__ = ["StampingSocket"]

# Python's socket module does not name it; these are the numbers of asm-generic/socket.h, which x86 and ARM use.
_SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@ll")
_NS_PER_SECOND = 1_000_000_000
_CLOCK = KernelClock()


class StampingSocket(gevent.socket.socket):
    """A socket whose reads are stamped.

    Attributes:
        at_ns: When the last read returned, on the monotonic clock.
        kernel_ns: When the kernel received the last byte of it, on the same clock; None where it does not say,
            which is everywhere but on Linux.
    """

    def __init__(self, family: int = -1, type: int = -1, proto: int = -1, fileno: int | None = None) -> None:  # noqa: A002 - gevent's name
        super().__init__(family, type, proto, fileno)
        self.at_ns = 0
        self.kernel_ns: int | None = None
        self._is_drained = False
        self._read_timeout = ReadTimeout(self.hub)
        self._ancillary_bytes = 0
        if _asks_for_stamps(self):
            self._ancillary_bytes = socket.CMSG_SPACE(_TIMESPEC.size)

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        """Read what has arrived, and wait only where nothing has."""
        data, ancillary, _, _ = self._when_readable(self._sock.recvmsg, bufsize, self._ancillary_bytes)
        self._stamp(ancillary)
        self._is_drained = len(data) < bufsize
        return bytes(data)

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Read what has arrived into the buffer, and wait only where nothing has."""
        count, ancillary, _, _ = self._when_readable(self._sock.recvmsg_into, [buffer], self._ancillary_bytes)
        self._stamp(ancillary)
        self._is_drained = count < len(buffer)
        return int(count)

    def is_quiet(self) -> bool:
        """Whether nothing has come since the last read, not even the end of the connection."""
        try:
            self._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Hang up."""
        self._is_drained = False
        super().close()
        self._read_timeout.close()

    def _when_readable(self, read: Any, *arguments: Any) -> Any:
        # A read that did not fill its buffer took all there was: one more, before the next bytes come, is for nothing.
        if self._is_drained and self.timeout != 0.0:
            self._await_bytes()
        while True:
            try:
                return read(*arguments)
            except BlockingIOError:
                if self.timeout == 0.0:
                    raise
            self._await_bytes()

    def _await_bytes(self) -> None:
        if self.timeout is None:
            self._wait(self._read_event)
        else:
            self._read_timeout.wait(self._read_event, self.timeout)

    def _stamp(self, ancillary: Any) -> None:
        wall_ns, self.at_ns = time.time_ns(), time.monotonic_ns()
        self.kernel_ns = None
        for level, kind, data in ancillary:
            if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) == _TIMESPEC.size:
                seconds, nanoseconds = _TIMESPEC.unpack(data)
                stamp_ns = seconds * _NS_PER_SECOND + nanoseconds
                self.kernel_ns = _CLOCK.received_ns(stamp_ns, wall_ns=wall_ns, at_ns=self.at_ns)


def _asks_for_stamps(sock: StampingSocket) -> bool:
    # Elsewhere 35 is another option, or none.
    if sys.platform != "linux":
        return False
    try:
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    except OSError:
        return False
    return True
