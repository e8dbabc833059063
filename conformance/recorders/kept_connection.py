"""A connection that outlives an exchange, so that another one can be tried on it."""

from types import TracebackType

import httpcore

from conformance.recorders.wire_tap import WireTap

__all__ = ["KeptConnection"]


class KeptConnection:
    """Opened by the first exchange that is recorded over it; closed at the end of a ``with`` block.

    Attributes:
        pool: What sends over it, once it is open.
        tap: What listens to it.
    """

    pool: httpcore.ConnectionPool
    tap: WireTap

    def __init__(self) -> None:
        """Nothing is opened yet."""
        self.is_open = False

    def __enter__(self) -> "KeptConnection":
        """Keep it for the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        if self.is_open:
            self.pool.close()

    def open(self, pool: httpcore.ConnectionPool, tap: WireTap) -> None:
        """Take what an exchange has opened; an older connection of an exchange that was redirected is closed."""
        if self.is_open:
            self.pool.close()
        self.pool, self.tap, self.is_open = pool, tap, True

    def check_idle(self) -> None:
        """Look for bytes that nobody asked for.

        Raises:
            httpcore.RemoteProtocolError: Bytes followed the end of the last response.
        """
        stray = self.tap.unread()
        if stray:
            raise httpcore.RemoteProtocolError(f"{len(stray)} byte(s) follow the end of the response: {stray[:40]!r}")
