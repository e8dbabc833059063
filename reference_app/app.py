"""The fal application: routes and nothing else.

Run it here with `python -m reference_app`, or with fal's own tool: `fal run --local reference_app/app.py::StreamSDXL`.
Deploy it with `fal deploy reference_app/app.py::StreamSDXL`.
"""

from typing import ClassVar

import fal
from fastapi import HTTPException

from reference_app.generations import GenerationQueue
from reference_app.pipelines.choice import load_pipeline, pipeline_choice
from reference_app.pipelines.protocol import Pipeline
from reference_app.schema import Cancellation, ErrorEvent, ErrorType, FinalEvent, GenerationInput, PreviewEvent
from reference_app.streaming import HEARTBEAT_SECONDS, GenerationResponse

# 499 is what fal's own RequestCancelledException answers with.
_STATUS = {ErrorType.CANCELLED: 499, ErrorType.INTERNAL_ERROR: 500}


class StreamSDXL(fal.App):
    """SDXL with previews while it denoises.

    `POST /stream` answers with Server-Sent Events: previews, then the final event. `POST /` answers with the same
    object as that final event. `POST /stream/cancel` stops the stream whose `x-fal-request-id` it carries, which is
    how fal cancels.
    """

    machine_type = "GPU-H100"
    keep_alive = 300
    # One picture at a time fills a GPU: a second one would only make both late.
    max_multiplexing = 1
    request_timeout = 120
    # A running generation is cancelled at once, so the default grace is enough.
    termination_grace_period_seconds = 5
    requirements: ClassVar[list[str]] = [
        "accelerate>=1.0,<2",
        "diffusers>=0.42,<0.43",
        "pillow>=11,<14",
        "torch>=2.6,<2.14",
        "transformers>=5,<6",
    ]
    # Pipelines are imported late, by name, so the whole package must lie on the runner's disk.
    app_files: ClassVar[list[str]] = ["reference_app"]
    app_files_context_dir = ".."

    heartbeat_seconds: ClassVar[float] = HEARTBEAT_SECONDS

    def load_pipeline(self) -> Pipeline:
        """The pipeline to serve, loaded and warm."""
        return load_pipeline(pipeline_choice())

    def setup(self) -> None:
        """Load the model once, before the first request."""
        self.queue = GenerationQueue(self.load_pipeline())

    def handle_exit(self) -> None:
        """Told to stop: end every stream with an error event now, rather than cut it off later."""
        # The signal may come while the model is still being loaded.
        if hasattr(self, "queue"):
            self.queue.cancel_all()

    def teardown(self) -> None:
        """Wait for the worker threads."""
        self.queue.close()

    @fal.endpoint("/stream")
    async def stream(self, body: GenerationInput) -> GenerationResponse:
        """Stream previews of the picture while it forms, then the picture."""
        generation = self.queue.submit(body, request_id=self._request_id())
        return GenerationResponse(generation, heartbeat_seconds=self.heartbeat_seconds)

    @fal.endpoint("/stream/cancel")
    async def cancel(self) -> Cancellation:
        """Stop the stream that has the same `x-fal-request-id` as this request."""
        request_id = self._request_id()
        return Cancellation(cancelled=request_id is not None and self.queue.cancel(request_id))

    @fal.endpoint("/")
    async def generate(self, body: GenerationInput) -> FinalEvent:
        """Draw the picture and answer with it when it is done."""
        generation = self.queue.submit(body, with_previews=False, request_id=self._request_id())
        event = await generation.mailbox.take()
        while isinstance(event, PreviewEvent):
            event = await generation.mailbox.take()
        if isinstance(event, ErrorEvent):
            raise HTTPException(_STATUS[event.error.type], detail=event.error.message)
        return event

    def _request_id(self) -> str | None:
        context = self.current_request
        return None if context is None else context.request_id
