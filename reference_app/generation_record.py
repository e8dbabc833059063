"""What became of one generation: counted for the metrics, and told by one line in the log."""

import logging
import time
from collections import Counter

from reference_app.metrics import Metrics
from reference_app.outcome import Ending
from reference_app.pipelines.protocol import GenerationRequest

__all__ = ["GenerationRecord"]

_log = logging.getLogger(__name__)
_FAULTS = (Ending.INTERNAL_ERROR, Ending.OUT_OF_MEMORY)


class GenerationRecord:
    """Kept from the moment a generation is queued; lanes and connections tell it what happens.

    The log has numbers, the seed and the request id, but no prompt: what people ask to see is their own affair, and a
    log is read, copied and kept by others.
    """

    def __init__(self, request: GenerationRequest, *, request_id: str, metrics: Metrics) -> None:
        self._request = request
        self._request_id = request_id
        self._metrics = metrics
        self._submitted_at = time.monotonic()
        self._began_at: float | None = None
        self._first_preview_seconds: float | None = None
        self._steps_by_pictures: Counter[int] = Counter()
        self._metrics.waiting.inc()

    @property
    def queue_seconds(self) -> float:
        """Wait until denoising began; so far, where it has not."""
        return (self._began_at or time.monotonic()) - self._submitted_at

    @property
    def inference_seconds(self) -> float:
        """Time since denoising began."""
        return 0.0 if self._began_at is None else time.monotonic() - self._began_at

    def begin(self) -> None:
        """It has left the queue."""
        self._began_at = time.monotonic()
        self._metrics.waiting.dec()
        self._metrics.running.inc()
        self._metrics.queue.observe(self.queue_seconds)

    def step(self, pictures: int) -> None:
        """It took part in a step of so many pictures, its own included."""
        self._steps_by_pictures[pictures] += 1

    def preview_sent(self) -> None:
        """Its client took a preview."""
        self._metrics.previews_sent.inc()
        if self._first_preview_seconds is None:
            self._first_preview_seconds = time.monotonic() - self._submitted_at
            self._metrics.first_preview.observe(self._first_preview_seconds)

    def previews_dropped(self, count: int) -> None:
        """So many previews were overtaken."""
        self._metrics.previews_dropped.inc(count)

    def final_encoded(self) -> None:
        """Its result is ready for the client."""
        self._metrics.final.observe(time.monotonic() - self._submitted_at)

    def end(self, ending: Ending, error: Exception | None = None) -> None:
        """It has its outcome. Called once.

        Args:
            ending: how it ended.
            error: what was raised. Its traceback belongs in the log, where paths and versions are nobody's secret.
        """
        (self._metrics.waiting if self._began_at is None else self._metrics.running).dec()
        self._metrics.endings.labels(ending.value).inc()
        _log.log(
            logging.ERROR if ending in _FAULTS else logging.INFO,
            "Generation %s: %s",
            self._request_id,
            ending.value,
            exc_info=error,
            extra={"fields": self._fields(ending)},
        )

    def _fields(self, ending: Ending) -> dict[str, object]:
        request = self._request
        first_preview = self._first_preview_seconds
        return {
            "request_id": self._request_id,
            "outcome": ending.value,
            "seed": request.seed,
            "num_images": request.num_images,
            "width": request.width,
            "height": request.height,
            "guidance_scale": request.guidance_scale,
            "total_steps": request.num_inference_steps,
            "steps_done": self._steps_by_pictures.total(),
            "steps_by_pictures": dict(sorted(self._steps_by_pictures.items())),
            "queue_seconds": round(self.queue_seconds, 6),
            "inference_seconds": round(self.inference_seconds, 6),
            "first_preview_seconds": None if first_preview is None else round(first_preview, 6),
        }
