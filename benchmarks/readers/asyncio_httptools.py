"""The least that a reader can be: an asyncio protocol, httptools, and a search for the blank line."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import httptools

from benchmarks.readers.tally import Peer, Tally, run_asyncio

__all__ = ["BareReader", "reading_with"]

_REQUEST = (
    b"POST /stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
    b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
)


class BareReader(asyncio.BaseProtocol):
    """Asks again and again on one connection; how the bytes come out of it is up to its subclasses."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._parser = httptools.HttpResponseParser(self)
        self._pieces: list[bytes] = []
        self._at_ns = 0
        self._transport: asyncio.Transport | None = None
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what TCP gives
        self._transport = transport
        transport.write(_REQUEST)

    def take(self, data: bytes | memoryview) -> None:
        """Bytes have come."""
        self._at_ns = time.monotonic_ns()
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """Called by httptools."""
        self._pieces.append(body)
        if body.endswith(b"\n\n"):
            self._tally.take(b"".join(self._pieces), self._at_ns)
            self._pieces.clear()

    def on_message_complete(self) -> None:
        """Called by httptools."""
        assert self._transport is not None  # noqa: S101 - made before anything came
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(_REQUEST)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        if not self.lost.done():
            self.lost.set_result(None)


class _Protocol(BareReader, asyncio.Protocol):
    def data_received(self, data: bytes) -> None:
        self.take(data)


def reading_with(protocol_type: type[BareReader]) -> Callable[[Peer, Tally], Awaitable[None]]:
    """What reads on one connection by such a protocol, until it is closed or cancelled."""

    async def read(peer: Peer, tally: Tally) -> None:
        parts = urlsplit(peer.origin)
        transport, protocol = await asyncio.get_running_loop().create_connection(
            lambda: protocol_type(tally), parts.hostname, parts.port
        )
        try:
            await protocol.lost
        finally:
            transport.close()

    return read


if __name__ == "__main__":
    run_asyncio(reading_with(_Protocol))
