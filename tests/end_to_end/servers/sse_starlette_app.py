"""sse-starlette with its defaults: CRLF, no-store, and keep-alive comments that tell the time."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.end_to_end.servers.story import Story, objection
from tests.end_to_end.servers.uvicorn_thread import under_uvicorn


@contextmanager
def serve(story: Story) -> Iterator[str]:
    """With a keep-alive each second instead of every fifteen."""

    async def stream(request: Request) -> Response:
        refusal = objection(await request.body())
        if refusal is not None:
            return JSONResponse(refusal, 422)
        return EventSourceResponse(_events(story), ping=1)

    app = Starlette(routes=[Route("/stream", stream, methods=["POST"])])
    with under_uvicorn(app) as origin:
        yield f"{origin}/stream"


async def _events(story: Story) -> AsyncIterator[dict[str, str]]:
    for beat in story:
        await asyncio.sleep(beat.after_seconds)
        yield {"data": json.dumps(beat.payload)}
