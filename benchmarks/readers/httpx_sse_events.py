"""httpx with httpx-sse, a client a user: one client for all of them slows down with the square of their number."""

import ssl
import time

import httpx
from httpx_sse import aconnect_sse

from benchmarks.readers.tally import Peer, Tally, run_asyncio

_CONTEXT = ssl.create_default_context()


async def _read(peer: Peer, tally: Tally) -> None:
    async with httpx.AsyncClient(verify=_CONTEXT, timeout=60) as client:
        while True:
            async with aconnect_sse(client, "POST", f"{peer.origin}/stream", json={}) as source:
                async for event in source.aiter_sse():
                    tally.take(event.data[:100].encode(), time.monotonic_ns())


if __name__ == "__main__":
    run_asyncio(_read)
