"""Asks an endpoint through the real fal_client, and tells what it delivers. Run as a process of its own.

The environment names the endpoint (``FAL_RUN_HOST``, ``SSL_CERT_FILE``), because fal_client reads it when it is
imported. Standard input: the input of a generation a line, as JSON. Standard output: ``{"events", "error"}`` a line, in
the same order. The only argument is ``sync`` or ``async``.
"""

import asyncio
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import fal_client

_AT_ONCE = 8
_PATIENCE_SECONDS = 30.0


# No connection of an earlier answer is tried again.
_HEADERS = {"Connection": "close"}


def _read(arguments: Any) -> dict[str, Any]:
    events: list[Any] = []
    try:
        stream = fal_client.stream("stream", arguments, path="", timeout=_PATIENCE_SECONDS, headers=_HEADERS)
        for event in stream:
            events.append(event)  # noqa: PERF402 - those before an error are kept
    except Exception as error:
        return {"events": events, "error": f"{type(error).__name__}: {error}"}
    return {"events": events, "error": ""}


async def _read_async(arguments: Any, turns: asyncio.Semaphore) -> dict[str, Any]:
    events: list[Any] = []
    async with turns:
        try:
            stream = fal_client.stream_async("stream", arguments, path="", timeout=_PATIENCE_SECONDS, headers=_HEADERS)
            async for event in stream:
                events.append(event)  # noqa: PERF401 - those before an error are kept
        except Exception as error:
            return {"events": events, "error": f"{type(error).__name__}: {error}"}
    return {"events": events, "error": ""}


async def _read_all_async(inputs: list[Any]) -> list[dict[str, Any]]:
    turns = asyncio.Semaphore(_AT_ONCE)
    return list(await asyncio.gather(*(_read_async(item, turns) for item in inputs)))


def main() -> None:
    """Read all of standard input."""
    inputs = [json.loads(line) for line in sys.stdin]
    if sys.argv[1] == "async":
        results = asyncio.run(_read_all_async(inputs))
    else:
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            results = list(threads.map(_read, inputs))
    for result in results:
        print(json.dumps(result))  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
