"""One request on its way to pictures, from the queue to its outcome."""

import threading
import time
from collections.abc import Callable
from typing import Any

from reference_app.events import ErrorType, Timings
from reference_app.generation_record import GenerationRecord
from reference_app.mailbox import Mailbox
from reference_app.outcome import Drawn, Ending, Failure, Outcome, Preview
from reference_app.pipelines.protocol import Denoising, GenerationRequest, Pipeline
from reference_app.throttle import Throttle

_MESSAGES = {
    ErrorType.CANCELLED: "The generation was cancelled.",
    ErrorType.SHUTTING_DOWN: "The server is shutting down; send the request again.",
}


class Generation:
    """One request. Whatever happens, exactly one outcome reaches its mailbox, so a reader never waits in vain.

    Attributes:
        request: what is drawn.
        request_id: fal's, or one that was drawn.
        preview_size: longest side of previews, in pixels.
        mailbox: where the reader finds previews and the outcome.
        record: what is counted and logged of it.
    """

    def __init__(
        self,
        *,
        request: GenerationRequest,
        request_id: str,
        record: GenerationRecord,
        throttle: Throttle | None,
        preview_size: int,
        on_stop: Callable[["Generation"], None],
        on_end: Callable[["Generation"], None],
    ) -> None:
        """Wait.

        Args:
            request: what to draw.
            request_id: its name in the log and in errors.
            record: of its own.
            throttle: which steps earn a preview; None where nobody will look.
            preview_size: longest side of previews, in pixels.
            on_stop: called when somebody wants it stopped, from any thread.
            on_end: called once, when its outcome is in the mailbox, from any thread.
        """
        self.request = request
        self.request_id = request_id
        self.mailbox = Mailbox()
        self.record = record
        self._throttle = throttle
        self.preview_size = preview_size
        self._on_stop = on_stop
        self._on_end = on_end
        self._ending = threading.Lock()
        self._has_ended = False
        self._stop_reason: ErrorType | None = None
        self._is_abandoned = False
        self._deadline: float | None = None
        self._denoising: Denoising | None = None

    @property
    def denoising(self) -> Any:
        """Its state inside the pipeline; None before `begin`."""
        return self._denoising

    @property
    def has_ended(self) -> bool:
        """Whether it has its outcome."""
        return self._has_ended

    def stop(self, reason: ErrorType = ErrorType.CANCELLED) -> None:
        """End within one step, at once where it still waits. Safe from any thread, at any time, more than once."""
        self._stop_reason = self._stop_reason or reason
        self._on_stop(self)

    def abandon(self) -> None:
        """The client has left: like `stop`, and recorded as what it is."""
        self._is_abandoned = self._is_abandoned or self._stop_reason is None
        self.stop()

    def finish_by(self, deadline: float) -> None:
        """End with an error as soon as it is clear that it cannot be finished by then.

        Args:
            deadline: on the monotonic clock, in seconds.
        """
        self._deadline = deadline

    def begin(self, pipeline: Pipeline[Any]) -> None:
        """Enter the pipeline. Called, like what follows, by the thread of a lane."""
        self.record.begin()
        self._denoising = pipeline.begin(self.request)
        self.mailbox.open()

    def end_if_stopped(self) -> None:
        """End it where somebody wants that, or where the deadline cannot be met."""
        if self._stop_reason is None and self._will_be_late:
            self._stop_reason = ErrorType.SHUTTING_DOWN
        if self._stop_reason is not None:
            self.end(Failure(type=self._stop_reason, message=_MESSAGES[self._stop_reason]))

    def after_step(self) -> None:
        """Leave a preview where the step earned one, and the pictures after the last step."""
        denoising = self.denoising
        done, total = denoising.steps_done, self.request.num_inference_steps
        if self._throttle is not None and self._throttle.admits(done - 1):
            self.mailbox.put_preview(Preview(step=done, total_steps=total, draw=denoising.preview(self.preview_size)))
        if done == total:
            images = denoising.finish()
            self.end(Drawn(images=images, timings=self._timings()))

    def fail(self, error: Exception) -> None:
        """End with an error."""
        done, total = self.steps_done, self.request.num_inference_steps
        if is_out_of_memory(error):
            kind, message = ErrorType.OUT_OF_MEMORY, "There is not enough memory for this request now."
        else:
            kind, message = ErrorType.INTERNAL_ERROR, f"The generation failed after {done} of {total} steps."
        self.end(Failure(type=kind, message=message, cause=error))

    def end(self, outcome: Outcome) -> None:
        """Leave the outcome; only the first one counts."""
        with self._ending:
            if self._has_ended:
                return
            self._has_ended = True
        self.record.end(self._ending_with(outcome), error=outcome.cause if isinstance(outcome, Failure) else None)
        self.mailbox.put_outcome(outcome)
        self._on_end(self)

    @property
    def steps_done(self) -> int:
        """Denoising steps done."""
        return 0 if self._denoising is None else self._denoising.steps_done

    @property
    def _will_be_late(self) -> bool:
        if self._deadline is None:
            return False
        done = self.steps_done
        seconds_per_step = self.record.inference_seconds / done if done else 0.0
        return time.monotonic() + seconds_per_step * (self.request.num_inference_steps - done) > self._deadline

    def _timings(self) -> Timings:
        return Timings(
            queue_seconds=round(self.record.queue_seconds, 6),
            inference_seconds=round(self.record.inference_seconds, 6),
        )

    def _ending_with(self, outcome: Outcome) -> Ending:
        if isinstance(outcome, Drawn):
            return Ending.FINISHED
        left = self._is_abandoned and outcome.type is ErrorType.CANCELLED
        return Ending.CLIENT_GONE if left else Ending(outcome.type)


def is_out_of_memory(error: Exception) -> bool:
    """Whether a device had too little memory, told by the words that fal itself looks for, and without torch."""
    return isinstance(error, RuntimeError | MemoryError) and "out of memory" in str(error)
