"""A raw ASGI application that compresses every event, flushes it, and never asks what the request accepts."""

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.end_to_end.servers.story import Story, objection
from tests.end_to_end.servers.uvicorn_thread import under_uvicorn

_GZIP = 31

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


@contextmanager
def serve(story: Story) -> Iterator[str]:
    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await _answer(send, 405, [(b"allow", b"POST")], b"")
        elif (refusal := objection(await _body(receive))) is not None:
            await _answer(send, 422, [(b"content-type", b"application/json")], json.dumps(refusal).encode())
        else:
            await _stream(send, story)

    with under_uvicorn(app) as origin:
        yield f"{origin}/stream"


async def _stream(send: Send, story: Story) -> None:
    headers = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-cache"),
        (b"content-encoding", b"gzip"),
        (b"vary", b"accept-encoding"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    packer = zlib.compressobj(wbits=_GZIP)
    for beat in story:
        await asyncio.sleep(beat.after_seconds)
        packed = packer.compress(beat.wire) + packer.flush(zlib.Z_SYNC_FLUSH)
        await send({"type": "http.response.body", "body": packed, "more_body": True})
    await send({"type": "http.response.body", "body": packer.flush()})


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _body(receive: Receive) -> bytes:
    whole, more = b"", True
    while more:
        message = await receive()
        whole, more = whole + message.get("body", b""), message.get("more_body", False)
    return whole
