"""The least that a reader can be: an asyncio protocol, httptools, and a search for the blank line."""

import asyncio
import time
from urllib.parse import urlsplit

import httptools

from benchmarks.readers.tally import Peer, Tally, run_asyncio

_REQUEST = (
    b"POST /stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
    b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
)


class _Protocol(asyncio.Protocol):
    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._parser = httptools.HttpResponseParser(self)
        self._pieces: list[bytes] = []
        self._at_ns = 0
        self._transport: asyncio.Transport | None = None
        self.lost = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what TCP gives
        self._transport = transport
        transport.write(_REQUEST)

    def data_received(self, data: bytes) -> None:
        self._at_ns = time.monotonic_ns()
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)
        if body.endswith(b"\n\n"):
            self._tally.take(b"".join(self._pieces), self._at_ns)
            self._pieces.clear()

    def on_message_complete(self) -> None:
        assert self._transport is not None  # noqa: S101 - made before anything came
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(_REQUEST)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(None)


async def _read(peer: Peer, tally: Tally) -> None:
    parts = urlsplit(peer.origin)
    transport, protocol = await asyncio.get_running_loop().create_connection(
        lambda: _Protocol(tally), parts.hostname, parts.port
    )
    try:
        await protocol.lost
    finally:
        transport.close()


if __name__ == "__main__":
    run_asyncio(_read)
