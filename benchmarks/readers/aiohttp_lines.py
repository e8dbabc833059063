"""aiohttp, line by line, as its documentation shows it."""

import time

import aiohttp

from benchmarks.readers.tally import Peer, Tally, run_asyncio


async def _read(peer: Peer, tally: Tally) -> None:
    async with aiohttp.ClientSession() as session:
        while True:
            async with session.post(f"{peer.origin}/stream", json={}) as response:
                async for line in response.content:
                    if line.startswith(b"data:"):
                        tally.take(line, time.monotonic_ns())


if __name__ == "__main__":
    run_asyncio(_read)
