"""FastAPI's own event streams: a generator endpoint whose keep-alives FastAPI writes itself."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from unittest import mock

from fastapi import FastAPI
from fastapi.sse import EventSourceResponse
from pydantic import BaseModel

from tests.end_to_end.servers.story import Members, Story
from tests.end_to_end.servers.uvicorn_thread import under_uvicorn

PING_SECONDS = 0.5


class Input(BaseModel):
    prompt: str


@contextmanager
def serve(story: Story) -> Iterator[str]:
    """With a keep-alive after half a second of silence instead of fifteen."""
    app = FastAPI()

    @app.post("/stream", response_class=EventSourceResponse)
    async def stream(body: Input) -> AsyncIterator[Members]:
        for beat in story:
            await asyncio.sleep(beat.after_seconds)
            if beat.payload is not None:
                yield beat.payload

    # FastAPI's own tests shorten it the same way; there is no public setting.
    with mock.patch("fastapi.routing._PING_INTERVAL", PING_SECONDS), under_uvicorn(app) as origin:
        yield f"{origin}/stream"
