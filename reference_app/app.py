"""The fal application: routes and nothing else.

Run it here with `python -m reference_app`, or with fal's own tool: `fal run --local reference_app/app.py::StreamSDXL`.
Deploy it with `fal deploy reference_app/app.py::StreamSDXL`.
"""

import asyncio
import uuid
from contextlib import suppress
from typing import Any, ClassVar

import fal
from fastapi import FastAPI, Request, Response

from reference_app.connection import outcome_while_connected
from reference_app.event_stream import HEARTBEAT_SECONDS, EventStream, EventStreamResponse
from reference_app.events import Cancellation, FinalEvent
from reference_app.generation import Generation
from reference_app.generation_input import GenerationInput
from reference_app.generation_queue import DEFAULT_MAX_WAITING, GenerationQueue, QueueFullError
from reference_app.json_log import start_log
from reference_app.openapi import describe_answers
from reference_app.outcome import Failure
from reference_app.pipelines.choice import load_pipeline, max_batch, pipeline_choice
from reference_app.pipelines.protocol import Pipeline
from reference_app.playground import serve_playground
from reference_app.refusal import QUEUE_FULL, refusal

# A generation that fails before this is over is answered with an HTTP error, and later ones with an error event.
_HEAD_PATIENCE_SECONDS = 0.5
_GRACE_SECONDS = 5


class StreamSDXL(fal.App):
    """SDXL with previews while it denoises.

    `POST /stream` answers with Server-Sent Events: previews, then the final event. `POST /` answers with the same
    object as that final event. `POST /stream/cancel` stops the stream whose `x-fal-request-id` it carries, which is
    how fal cancels.
    """

    machine_type = "GPU-H100"
    keep_alive = 300
    # As many as share a step. fal's own queue is the place to wait: it knows other runners.
    max_multiplexing = 4
    request_timeout = 120
    # A runner's first start downloads 7 GB of weights; fal's own limit is 600.
    startup_timeout = 900
    termination_grace_period_seconds = _GRACE_SECONDS
    requirements: ClassVar[list[str]] = [
        "accelerate>=1.0,<2",
        "diffusers>=0.42,<0.43",
        "nvidia-ml-py>=12",
        "pillow>=11,<14",
        "prometheus-client>=0.21",
        "torch>=2.6,<2.14",
        "transformers>=5,<6",
    ]
    # Pipelines are imported late, by name, so the whole package must lie on the runner's disk.
    app_files: ClassVar[list[str]] = ["reference_app"]
    app_files_context_dir = ".."

    heartbeat_seconds: ClassVar[float] = HEARTBEAT_SECONDS
    max_waiting: ClassVar[int] = DEFAULT_MAX_WAITING

    def load_pipeline(self) -> Pipeline[Any]:
        """The pipeline to serve, loaded and warm."""
        return load_pipeline(pipeline_choice())

    def setup(self) -> None:
        """Load the model once, before the first request."""
        start_log()
        self.queue = GenerationQueue(self.load_pipeline(), max_batch=max_batch(), max_waiting=self.max_waiting)

    def handle_exit(self) -> None:
        """Told to stop: let streams finish where there is time, and end the others with an error event."""
        # The signal may come while the model is still being loaded.
        if hasattr(self, "queue"):
            self.queue.shut_down(_GRACE_SECONDS)

    def teardown(self) -> None:
        """Wait for the lanes."""
        self.queue.close()

    @fal.endpoint("/stream")
    async def stream(self, body: GenerationInput) -> EventStreamResponse:
        """Stream previews of the picture while it forms, then the picture."""
        generation = self._submit(body)
        with suppress(TimeoutError):
            async with asyncio.timeout(_HEAD_PATIENCE_SECONDS):
                await generation.mailbox.opened.wait()
        if isinstance(failure := generation.mailbox.outcome, Failure):
            raise refusal(failure, generation.request_id)
        return EventStreamResponse(self._events_of(generation, body), generation)

    @fal.endpoint("/stream/cancel")
    async def cancel(self) -> Cancellation:
        """Stop the stream that has the same `x-fal-request-id` as this request."""
        return Cancellation(cancelled=self.queue.cancel(self._request_id()))

    @fal.endpoint("/")
    async def generate(self, body: GenerationInput, request: Request, response: Response) -> FinalEvent:
        """Draw the picture and answer with it when it is done."""
        generation = self._submit(body, with_previews=False)
        outcome = await outcome_while_connected(generation, request)
        if isinstance(outcome, Failure):
            raise refusal(outcome, generation.request_id)
        response.headers["X-Request-Id"] = generation.request_id
        return await self._events_of(generation, body).final_event(outcome)

    def _add_extra_routes(self, app: FastAPI) -> None:
        """What fal has no decorator for: a page, and the description of a stream."""
        super()._add_extra_routes(app)
        serve_playground(app)
        describe_answers(app)

    def _submit(self, body: GenerationInput, *, with_previews: bool = True) -> Generation:
        request_id = self._request_id()
        try:
            return self.queue.submit(body, request_id=request_id, with_previews=with_previews)
        except QueueFullError as full:
            raise refusal(QUEUE_FULL, request_id) from full

    def _events_of(self, generation: Generation, body: GenerationInput) -> EventStream:
        return EventStream(
            generation,
            output_format=body.output_format,
            position=lambda: self.queue.position(generation),
            heartbeat_seconds=self.heartbeat_seconds,
        )

    def _request_id(self) -> str:
        """Fal's id of the current request, or a new one where fal's gateway is not in front."""
        context = self.current_request
        known = None if context is None else context.request_id
        return known or str(uuid.uuid4())
