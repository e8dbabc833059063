"""A FastAPI app whose picture depends on what was asked for, with places where a mistake can be put."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse
from PIL import Image
from pydantic import BaseModel, Field

from tests.end_to_end.servers.story import Members, media, painting, unfinished
from tests.end_to_end.servers.uvicorn_thread import under_uvicorn

STEPS = 4
STEP_SECONDS = 0.05


class Input(BaseModel):
    prompt: str = Field(max_length=20_000)
    seed: int = 7
    width: int = 128
    height: int = 128


class DrawingApp:
    """Correct as it stands; a test bends one method."""

    def __init__(self) -> None:
        self.running = 0

    def check(self, asked: Input) -> None:
        """Refuse what cannot be drawn."""

    def admit(self) -> None:
        """Refuse what there is no room for."""

    def picture(self, asked: Input, share: float) -> Image.Image:
        turn = (sum(asked.prompt.encode()) + asked.seed) % 1000
        image = painting(asked.width, turn) if share == 1 else unfinished(share, asked.width, turn)
        return image.resize((asked.width, asked.height))

    def preview(self, asked: Input, step: int) -> Members:
        return {"step": step, "total_steps": STEPS, "image": media(self.picture(asked, step / (STEPS + 1)))}

    def final(self, asked: Input) -> Members:
        image = media(self.picture(asked, 1), quality=95)
        return {"final": True, "images": [image], "seed": asked.seed, "prompt": asked.prompt}

    def encode(self, payload: Members) -> bytes:
        return f"data: {json.dumps(payload)}\n\n".encode()

    async def payloads(self, asked: Input) -> AsyncIterator[Members]:
        for step in range(1, STEPS + 1):
            await asyncio.sleep(STEP_SECONDS)
            yield self.preview(asked, step)
        await asyncio.sleep(STEP_SECONDS)
        yield self.final(asked)

    async def events(self, asked: Input) -> AsyncIterator[bytes]:
        try:
            async for payload in self.payloads(asked):
                yield self.encode(payload)
        finally:
            self.running -= 1

    def application(self) -> FastAPI:
        app = FastAPI()

        @app.post("/stream")
        async def stream(body: Input) -> StreamingResponse:
            self.check(body)
            self.admit()
            self.running += 1
            headers = {"Cache-Control": "no-cache"}
            return StreamingResponse(self.events(body), media_type="text/event-stream", headers=headers)

        return app


class OneAtATime(DrawingApp):
    """Others wait for their turn."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = asyncio.Lock()

    async def payloads(self, asked: Input) -> AsyncIterator[Members]:
        async with self.turn:
            async for payload in super().payloads(asked):
                yield payload


class Full(DrawingApp):
    """Refuses whoever comes while another one is drawn."""

    retry_after: str | None = "1"

    def admit(self) -> None:
        if self.running:
            raise HTTPException(429, "busy", headers={"Retry-After": self.retry_after} if self.retry_after else None)


@contextmanager
def serve(app: DrawingApp) -> Iterator[str]:
    with under_uvicorn(app.application()) as origin:
        yield f"{origin}/stream"
