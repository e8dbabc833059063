"""FastAPI's StreamingResponse over an async generator, as fal's documentation writes it."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from tests.end_to_end.servers.story import Story
from tests.end_to_end.servers.uvicorn_thread import Parser, under_uvicorn

NO_CACHE = {"Cache-Control": "no-cache"}


class Input(BaseModel):
    prompt: str


def application(story: Story, headers: Mapping[str, str] = NO_CACHE) -> FastAPI:
    app = FastAPI()

    @app.post("/stream")
    async def stream(body: Input) -> StreamingResponse:
        return StreamingResponse(_events(story), headers=dict(headers), media_type="text/event-stream")

    return app


@contextmanager
def serve(story: Story, *, parser: Parser = "h11", headers: Mapping[str, str] = NO_CACHE) -> Iterator[str]:
    with under_uvicorn(application(story, headers), parser=parser) as origin:
        yield f"{origin}/stream"


@contextmanager
def serve_behind_redirect(story: Story) -> Iterator[str]:
    """The URL has a slash too many, which Starlette answers with 307."""
    with serve(story) as url:
        yield f"{url}/"


async def _events(story: Story) -> AsyncIterator[bytes]:
    for beat in story:
        await asyncio.sleep(beat.after_seconds)
        yield beat.wire
