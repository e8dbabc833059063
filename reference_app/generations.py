"""Generations: each runs in a worker thread, in order of arrival, and can be cancelled from the event loop."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from reference_app.mailbox import Mailbox, Outcome
from reference_app.pipelines.protocol import GenerationCancelledError, GenerationRequest, Pipeline, Step
from reference_app.previews import final_picture, preview_picture
from reference_app.schema import (
    ErrorDetail,
    ErrorEvent,
    ErrorType,
    FinalEvent,
    GenerationInput,
    PreviewEvent,
    Timings,
)
from reference_app.throttle import Throttle

_log = logging.getLogger(__name__)


class Generation:
    """One request on its way to a picture.

    Whatever happens in the pipeline, exactly one outcome reaches the mailbox, so a reader never waits in vain.
    """

    def __init__(self, *, pipeline: Pipeline, request: GenerationRequest, throttle: Throttle | None) -> None:
        self.request = request
        self.mailbox = Mailbox()
        self._pipeline = pipeline
        self._throttle = throttle
        self._cancelled = threading.Event()
        self._submitted_at = time.monotonic()
        self._started_at = self._submitted_at
        self._steps_done = 0

    def cancel(self) -> None:
        """Stop within one step. Safe from any thread, at any time, more than once."""
        self._cancelled.set()

    def run(self) -> None:
        """Run the pipeline in the calling thread and leave the outcome in the mailbox. Raises nothing."""
        try:
            outcome = self._outcome()
        except GenerationCancelledError:
            outcome = _error(ErrorType.CANCELLED, "The generation was cancelled.")
        except Exception:
            # The traceback belongs in the log of the server, where paths and versions are nobody's secret.
            _log.exception("Generation failed after %d of %d steps", self._steps_done, self._total_steps)
            outcome = _error(
                ErrorType.INTERNAL_ERROR,
                f"The generation failed after {self._steps_done} of {self._total_steps} steps.",
            )
        self.mailbox.put_outcome(outcome)

    @property
    def _total_steps(self) -> int:
        return self.request.num_inference_steps

    def _outcome(self) -> Outcome:
        self._stop_if_cancelled()
        self._started_at = time.monotonic()
        image = self._pipeline.generate(self.request, on_step=self._on_step)
        timings = Timings(
            queue_seconds=round(self._started_at - self._submitted_at, 6),
            inference_seconds=round(time.monotonic() - self._started_at, 6),
        )
        return FinalEvent(
            images=[final_picture(image)], seed=self.request.seed, prompt=self.request.prompt, timings=timings
        )

    def _on_step(self, step: Step) -> None:
        self._stop_if_cancelled()
        self._steps_done = step.index + 1
        if self._throttle is not None and self._throttle.admits(step.index):
            self.mailbox.put_preview(_preview(step))

    def _stop_if_cancelled(self) -> None:
        if self._cancelled.is_set():
            raise GenerationCancelledError


class GenerationQueue:
    """Starts generations first come first served, `pipeline.concurrency` at a time.

    A request id, where the caller has one, finds the generation again to cancel it.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self._threads = ThreadPoolExecutor(pipeline.concurrency, thread_name_prefix="generation")
        self._alive: set[Generation] = set()
        self._by_request_id: dict[str, Generation] = {}

    def submit(self, body: GenerationInput, *, with_previews: bool = True, request_id: str | None = None) -> Generation:
        """Queue a generation. Call it from the event loop that will read the mailbox."""
        generation = Generation(
            pipeline=self.pipeline,
            request=_resolve(body, self.pipeline),
            throttle=_throttle(body) if with_previews else None,
        )
        self._alive.add(generation)
        if request_id is not None:
            self._by_request_id[request_id] = generation
        future = self._threads.submit(generation.run)
        future.add_done_callback(self._forgetter(generation, request_id))
        return generation

    def cancel(self, request_id: str) -> bool:
        """Cancel the generation of that request; False if none is running or waiting."""
        generation = self._by_request_id.get(request_id)
        if generation is None:
            return False
        generation.cancel()
        return True

    def cancel_all(self) -> None:
        """Cancel everything that is running or waiting."""
        for generation in tuple(self._alive):
            generation.cancel()

    def close(self) -> None:
        """Cancel everything and wait until the worker threads are idle."""
        self.cancel_all()
        self._threads.shutdown(wait=True)

    def _forgetter(self, generation: Generation, request_id: str | None) -> Callable[[Future[None]], None]:
        def forget(_: Future[None]) -> None:
            self._alive.discard(generation)
            if request_id is not None and self._by_request_id.get(request_id) is generation:
                del self._by_request_id[request_id]

        return forget


def _resolve(body: GenerationInput, pipeline: Pipeline) -> GenerationRequest:
    defaults = pipeline.defaults
    return GenerationRequest(
        prompt=body.prompt,
        negative_prompt=body.negative_prompt,
        num_inference_steps=body.num_inference_steps,
        width=defaults.width if body.width is None else body.width,
        height=defaults.height if body.height is None else body.height,
        guidance_scale=defaults.guidance_scale if body.guidance_scale is None else body.guidance_scale,
        seed=body.seed_or_drawn(),
    )


def _throttle(body: GenerationInput) -> Throttle:
    return Throttle(every_steps=body.preview_every_steps, min_interval_seconds=body.min_preview_interval_seconds)


def _preview(step: Step) -> PreviewEvent:
    done = step.index + 1
    return PreviewEvent(
        step=done,
        total_steps=step.total,
        progress=round(done / step.total, 4),
        image=preview_picture(step.render()),
    )


def _error(kind: ErrorType, message: str) -> ErrorEvent:
    return ErrorEvent(error=ErrorDetail(message=message, type=kind))
