"""The way to the accelerator: bounded, in order of arrival, and every generation can be stopped."""

import threading
import time
from typing import Any

from reference_app.events import ErrorType
from reference_app.generation import Generation
from reference_app.generation_input import GenerationInput
from reference_app.generation_record import GenerationRecord
from reference_app.lane import Lane
from reference_app.metrics import process_metrics
from reference_app.outcome import Ending
from reference_app.pipelines.protocol import GenerationRequest, Pipeline
from reference_app.throttle import Throttle
from reference_app.waiting_line import WaitingLine

DEFAULT_MAX_WAITING = 16
# What is left of the grace period for sending the last events.
_FAREWELL_SECONDS = 1.0


class QueueFullError(Exception):
    """Too many generations wait already."""


class GenerationQueue:
    """Takes requests in, and runs them in the pipeline's lanes.

    Attributes:
        pipeline: what draws.
        max_batch: pictures that share a step; 1 switches batching off.
        max_waiting: generations that may wait.
    """

    def __init__(
        self, pipeline: Pipeline[Any], *, max_batch: int | None = None, max_waiting: int = DEFAULT_MAX_WAITING
    ) -> None:
        self.pipeline = pipeline
        self.max_batch = pipeline.max_batch if max_batch is None else max_batch
        self.max_waiting = max_waiting
        self._metrics = process_metrics()
        self._line = WaitingLine()
        self._lock = threading.Lock()
        self._alive: set[Generation] = set()
        self._by_request_id: dict[str, Generation] = {}
        self._lanes: list[threading.Thread] = []
        self._is_shutting_down = False

    def submit(self, body: GenerationInput, *, request_id: str, with_previews: bool = True) -> Generation:
        """Queue a generation. Call it from the event loop that will read the mailbox.

        Raises:
            QueueFullError: as many wait as may.
        """
        request = _resolve(body, self.pipeline)
        generation = Generation(
            request=request,
            request_id=request_id,
            record=GenerationRecord(request, request_id=request_id, metrics=self._metrics),
            throttle=_throttle(body) if with_previews else None,
            preview_size=body.preview_size or max(request.width, request.height) // 2,
            on_stop=self._release,
            on_end=self._forget,
        )
        with self._lock:
            places = self.pipeline.lanes * self.max_batch
            if len(self._alive) >= places + self.max_waiting:
                generation.record.end(Ending.QUEUE_FULL)
                raise QueueFullError
            self._alive.add(generation)
            if len(self._alive) > places:
                # Who has to wait is told so at once, rather than when the generation begins.
                generation.mailbox.open()
            self._by_request_id[request_id] = generation
            self._open_lane()
        self._line.join(generation)
        if self._is_shutting_down:
            generation.stop(ErrorType.SHUTTING_DOWN)
        return generation

    def position(self, generation: Generation) -> int | None:
        """Its place in the line, 1 being the next; None where it does not wait."""
        return self._line.position(generation)

    def cancel(self, request_id: str) -> bool:
        """Stop the generation of that request; False if none is running or waiting."""
        generation = self._by_request_id.get(request_id)
        if generation is None:
            return False
        generation.stop()
        return True

    def shut_down(self, grace_seconds: float) -> None:
        """Refuse what waits, and let what runs finish where that fits into the time; returns at once."""
        self._is_shutting_down = True
        deadline = time.monotonic() + max(grace_seconds - _FAREWELL_SECONDS, 0.0)
        for generation in self._all_alive():
            generation.finish_by(deadline)
            if self.position(generation) is not None:
                generation.stop(ErrorType.SHUTTING_DOWN)

    def close(self) -> None:
        """Stop everything and wait until the lanes are idle."""
        self._is_shutting_down = True
        for generation in self._all_alive():
            generation.stop(ErrorType.SHUTTING_DOWN)
        self._line.close()
        for lane in self._lanes:
            lane.join()

    def _open_lane(self) -> None:
        # One more than are busy, so that a generation finds a lane which waits for it.
        if len(self._lanes) < min(len(self._alive), self.pipeline.lanes):
            lane = Lane(self.pipeline, self._line, max_batch=self.max_batch, metrics=self._metrics)
            thread = threading.Thread(target=lane.run, name=f"lane-{len(self._lanes)}")
            self._lanes.append(thread)
            thread.start()

    def _all_alive(self) -> tuple[Generation, ...]:
        with self._lock:
            return tuple(self._alive)

    def _release(self, generation: Generation) -> None:
        """Free the place of one that waits and is to stop; one in a lane ends there, after its step."""
        if self._line.leave(generation):
            generation.end_if_stopped()

    def _forget(self, generation: Generation) -> None:
        with self._lock:
            self._alive.discard(generation)
            # A caller may have used one id twice; then it names the later one.
            if self._by_request_id.get(generation.request_id) is generation:
                del self._by_request_id[generation.request_id]


def _resolve(body: GenerationInput, pipeline: Pipeline[Any]) -> GenerationRequest:
    defaults = pipeline.defaults
    return GenerationRequest(
        prompt=body.prompt,
        negative_prompt=body.negative_prompt,
        num_inference_steps=body.num_inference_steps,
        width=defaults.width if body.width is None else body.width,
        height=defaults.height if body.height is None else body.height,
        guidance_scale=defaults.guidance_scale if body.guidance_scale is None else body.guidance_scale,
        seed=body.seed_or_drawn(),
        num_images=body.num_images,
    )


def _throttle(body: GenerationInput) -> Throttle:
    return Throttle(every_steps=body.preview_every_steps, min_interval_seconds=body.min_preview_interval_seconds)
