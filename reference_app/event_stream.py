"""A generation as a stream of server-sent events.

    finished         failed or stopped     client gone
    --------         -----------------     -----------
    preview ...      preview ...           preview ...
    final            error                 (nothing is sent)
    end of body      end of body           the pipeline stops within one step

After an error event the body ends cleanly, like after a final one. Cutting the connection would make clients raise, but
fal's middlewares turn even an exception into a clean end, so the application cannot. Hence the rule for clients: a
stream without a final event did not succeed, however politely it ended.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from reference_app import sse
from reference_app.events import ErrorDetail, ErrorEvent, FinalEvent, PreviewEvent
from reference_app.generation import Generation
from reference_app.generation_input import OutputFormat
from reference_app.outcome import Drawn, Outcome, Preview
from reference_app.previews import final_picture, preview_picture

# Proxies commonly close a connection that was silent for 15 to 60 seconds, and the HTML standard suggests a comment
# "every 15 seconds or so".
HEARTBEAT_SECONDS = 10.0


class EventStream:
    """The events of one generation, in bytes.

    Pictures are drawn and encoded here, in a thread of their own, when the connection is ready for them: the
    denoising never waits for that, and a client that is too slow for previews does not cost their decoding.
    """

    def __init__(
        self,
        generation: Generation,
        *,
        output_format: OutputFormat,
        position: Callable[[], int | None],
        heartbeat_seconds: float = HEARTBEAT_SECONDS,
    ) -> None:
        """Prepare.

        Args:
            generation: whose events.
            output_format: of the finished pictures.
            position: the generation's place in the queue, or None once it has left it.
            heartbeat_seconds: a comment comes after so much silence.
        """
        self._generation = generation
        self._output_format = output_format
        self._position = position
        self._heartbeat_seconds = heartbeat_seconds

    async def blocks(self) -> AsyncGenerator[bytes, None]:
        """Previews, then the final event or an error event, with comments where nothing else is sent.

        Closing the generator stops the generation.
        """
        try:
            if self._position() is not None:
                yield self._comment()
            while True:
                try:
                    async with asyncio.timeout(self._heartbeat_seconds):
                        item = await self._generation.mailbox.take()
                except TimeoutError:
                    yield self._comment()
                    continue
                if isinstance(item, Preview):
                    event = await asyncio.to_thread(self._preview_event, item)
                    yield sse.encode_event(event.model_dump(mode="json"))
                    self._generation.record.preview_sent()
                    continue
                last = await self._last_event(item)
                yield sse.encode_event(last.model_dump(mode="json"))
                return
        finally:
            self._generation.abandon()
            self._generation.record.previews_dropped(self._generation.mailbox.overtaken)

    async def final_event(self, drawn: Drawn) -> FinalEvent:
        """The result, encoded in a thread of its own."""
        event = await asyncio.to_thread(self._final_event, drawn)
        self._generation.record.final_encoded()
        return event

    async def _last_event(self, outcome: Outcome) -> FinalEvent | ErrorEvent:
        if isinstance(outcome, Drawn):
            return await self.final_event(outcome)
        detail = ErrorDetail(message=outcome.message, type=outcome.type, request_id=self._generation.request_id)
        return ErrorEvent(error=detail)

    def _comment(self) -> bytes:
        position = self._position()
        return sse.encode_comment("keep-alive" if position is None else f"waiting, position {position}")

    def _preview_event(self, preview: Preview) -> PreviewEvent:
        return PreviewEvent(
            step=preview.step,
            total_steps=preview.total_steps,
            progress=round(preview.step / preview.total_steps, 4),
            image=preview_picture(preview.draw(), longest_side=self._generation.preview_size),
        )

    def _final_event(self, drawn: Drawn) -> FinalEvent:
        request = self._generation.request
        return FinalEvent(
            images=[final_picture(image, self._output_format) for image in drawn.images],
            seed=request.seed,
            prompt=request.prompt,
            timings=drawn.timings,
        )


class EventStreamResponse(StreamingResponse):
    """Streams a generation, and stops it when the response ends, whoever ended it."""

    def __init__(self, stream: EventStream, generation: Generation) -> None:
        self._generation = generation
        self._blocks = stream.blocks()
        headers = {**sse.HEADERS, "X-Request-Id": generation.request_id}
        super().__init__(self._blocks, media_type=sse.MEDIA_TYPE, headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the stream (ASGI)."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            # A client that leaves while a chunk is being sent interrupts the response, not the generator: without this
            # the generator would wait for the garbage collector, and the pipeline would run on.
            self._generation.abandon()
            await self._blocks.aclose()
