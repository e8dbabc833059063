"""A connection that outlives an exchange, so that another one can be tried on it."""

import re

import httpcore

from conformance.recorders.wire_tap import WireTap

__all__ = ["KeptConnection"]

# What a server may say before it closes an idle connection (RFC 9110, section 15.5.9).
_IDLE_FOR_TOO_LONG = re.compile(rb"HTTP/1\.[01] 408\b")
_SHOWN_BYTES = 40


class KeptConnection:
    """Opened by the first exchange that is recorded over it; whoever made it closes it.

    Attributes:
        pool: What sends over it, once it is open.
        tap: What listens to it.
        is_open: Whether an exchange was recorded over it; the peer may have closed it since.
    """

    pool: httpcore.ConnectionPool
    tap: WireTap

    def __init__(self) -> None:
        """Nothing is opened yet."""
        self.is_open = False
        self._stray = b""

    def close(self) -> None:
        """Close it; nothing happens where it was never opened."""
        if self.is_open:
            self.pool.close()
        self.is_open = False

    def open(self, pool: httpcore.ConnectionPool, tap: WireTap) -> None:
        """Take what an exchange has opened; an older connection of an exchange that was redirected is closed."""
        self.close()
        self.pool, self.tap, self.is_open = pool, tap, True

    def listen(self) -> None:
        """Hear what follows the end of the response, before httpcore sees it and closes the connection without a word.

        HTTP/2 has frames of its own between exchanges, which are not looked at.
        """
        self._stray = b"" if self.tap.speaks_http2 else self.tap.unread()

    def check_idle(self) -> None:
        """Make sure that nothing followed the end of the last response.

        Raises:
            httpcore.RemoteProtocolError: There were bytes that nobody had asked for.
        """
        if self._stray and not _IDLE_FOR_TOO_LONG.match(self._stray):
            shown = self._stray[:_SHOWN_BYTES]
            raise httpcore.RemoteProtocolError(f"{len(self._stray)} byte(s) follow the end of the response: {shown!r}")

    def check_answer(self) -> None:
        """Make sure that a response which has just been read is the answer to the last request.

        Raises:
            httpcore.RemoteProtocolError: It lay behind the end of the response before, in the same read.
        """
        if not self.tap.log.has_read:
            raise httpcore.RemoteProtocolError("a second response follows the end of the first, and nobody asked")
