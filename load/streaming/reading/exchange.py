"""One request and the answer to it, on a connection that was open before: bounded in time and in the head's bytes."""

import time
from typing import Any

from load.stream_row import Outcome
from load.streaming.reading.connection_pool import StampingPool
from load.streaming.reading.stream_failure import StreamFailure, timed_out, truncated, unreachable

__all__ = ["MAX_HEAD_BYTES", "Exchange"]

MAX_HEAD_BYTES = 65_536
"""The most that may pass before a response head is complete, interim responses included."""

_NS_PER_SECOND = 1_000_000_000


class Exchange:
    """Sends a request, then reads as a socket does.

    Attributes:
        sent_ns: Just before the first byte was written, on an open connection; until then, when it was begun.
    """

    def __init__(self, pool: StampingPool, *, wait_seconds: float, longest_seconds: float) -> None:
        """Begin.

        Args:
            pool: Where the connection comes from, and goes back to when it can be used again.
            wait_seconds: The longest wait for the next byte.
            longest_seconds: The longest that all of it may take.
        """
        self.sent_ns = time.monotonic_ns()
        self._pool = pool
        self._sock: Any = None
        self._wait_seconds = wait_seconds
        self._longest_seconds = longest_seconds
        self._deadline_ns = 0
        self._head_bytes: int | None = 0

    @property
    def at_ns(self) -> int:
        """When the last read returned."""
        return int(self._sock.at_ns)

    @property
    def kernel_ns(self) -> int | None:
        """When the kernel received the last byte of it, or None where it does not say."""
        kernel_ns: int | None = self._sock.kernel_ns
        return kernel_ns

    def send(self, request: bytes) -> None:
        """Send the request on an open connection.

        Raises:
            StreamFailure: No connection could be made, or it took nothing.
        """
        try:
            self._sock = self._pool.get_socket()
        except OSError as error:
            raise unreachable(error) from error
        self._sock.settimeout(self._wait_seconds)
        self.sent_ns = time.monotonic_ns()
        self._deadline_ns = self.sent_ns + round(self._longest_seconds * _NS_PER_SECOND)
        try:
            self._sock.sendall(request)
        except TimeoutError as error:
            raise timed_out("the request was not taken") from error
        except OSError:
            # Who refuses a request may answer before all of it is in: what comes back says what happened.
            return

    def recv(self, bufsize: int) -> bytes:
        """Read what has arrived; nothing at all is the end of the connection.

        Raises:
            StreamFailure: Nothing came in time, the connection broke, or the head is too large.
        """
        self._bound_the_wait()
        try:
            data = bytes(self._sock.recv(bufsize))
        except OSError as error:
            raise self._failure(error) from error
        self._count(len(data))
        return data

    def recv_into(self, buffer: Any) -> int:
        """Read what has arrived into the buffer; 0 is the end of the connection.

        Raises:
            StreamFailure: As with :meth:`recv`.
        """
        self._bound_the_wait()
        try:
            count = int(self._sock.recv_into(buffer))
        except OSError as error:
            raise self._failure(error) from error
        self._count(count)
        return count

    def head_is_in(self) -> None:
        """From here on it is the body that comes."""
        self._head_bytes = None

    def where(self) -> str:
        """How far the answer has come."""
        return "before the body was over" if self._head_bytes is None else "before the response head"

    def close(self) -> None:
        """Hang up."""
        self.release(is_reusable=False)

    def release(self, *, is_reusable: bool) -> None:
        """Give the connection back, or hang up."""
        sock, self._sock = self._sock, None
        if sock is None:
            return
        if is_reusable:
            self._pool.return_socket(sock)
        else:
            self._pool.release_socket(sock)

    def _bound_the_wait(self) -> None:
        left_seconds = (self._deadline_ns - time.monotonic_ns()) / _NS_PER_SECOND
        if left_seconds <= 0:
            raise self._outlasted()
        if left_seconds < self._wait_seconds:
            self._sock.settimeout(left_seconds)

    def _count(self, read_bytes: int) -> None:
        if self._head_bytes is None:
            return
        self._head_bytes += read_bytes
        if self._head_bytes > MAX_HEAD_BYTES:
            raise StreamFailure(Outcome.MALFORMED, f"the response head is not over after {MAX_HEAD_BYTES} bytes")

    def _failure(self, error: OSError) -> StreamFailure:
        if not isinstance(error, TimeoutError):
            return truncated(self.where())
        if time.monotonic_ns() >= self._deadline_ns:
            return self._outlasted()
        if self._head_bytes is not None:
            return timed_out("no response head came")
        return StreamFailure(Outcome.STALLED, "the stream fell silent")

    def _outlasted(self) -> StreamFailure:
        return timed_out(f"the stream outlasted {self._longest_seconds:g} s")
