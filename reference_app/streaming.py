"""A generation as a stream of events, and the three ways it ends.

    finished            failed or cancelled     client gone
    --------            -------------------     -----------
    preview ...         preview ...             preview ...
    final               error                   (nothing is sent)
    end of body         end of body             the worker stops within one step

After an error event the body ends cleanly, like after a final one. Cutting the connection would make clients raise, but
fal's middlewares turn even an exception into a clean end, so the application cannot. Hence the rule for clients: a
stream without a final event did not succeed, however politely it ended.
"""

import asyncio
from collections.abc import AsyncGenerator

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from reference_app import sse
from reference_app.generations import Generation
from reference_app.schema import PreviewEvent

# Proxies commonly close a connection that was silent for 15 to 60 seconds, and the HTML standard suggests a comment
# "every 15 seconds or so".
HEARTBEAT_SECONDS = 10.0


async def event_stream(
    generation: Generation, *, heartbeat_seconds: float = HEARTBEAT_SECONDS
) -> AsyncGenerator[bytes, None]:
    """Previews, then the final event or an error event, with a comment after each `heartbeat_seconds` of silence.

    Closing the generator cancels the generation.
    """
    try:
        while True:
            try:
                async with asyncio.timeout(heartbeat_seconds):
                    event = await generation.mailbox.take()
            except TimeoutError:
                yield sse.KEEP_ALIVE
                continue
            yield sse.encode_event(event.model_dump(mode="json"))
            if not isinstance(event, PreviewEvent):
                return
    finally:
        generation.cancel()


class GenerationResponse(StreamingResponse):
    """Streams a generation, and cancels it when the response ends, whoever ended it."""

    def __init__(self, generation: Generation, *, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> None:
        self._events = event_stream(generation, heartbeat_seconds=heartbeat_seconds)
        self._generation = generation
        super().__init__(self._events, media_type=sse.MEDIA_TYPE, headers=sse.HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the stream (ASGI)."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            # A client that leaves while a chunk is being sent interrupts the response, not the generator: without this
            # the generator would wait for the garbage collector, and the pipeline would run on.
            self._generation.cancel()
            await self._events.aclose()
