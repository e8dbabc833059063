"""Images per second: how many finished pictures the endpoint makes."""

from load.estimate import Estimate
from load.metrics.metric import RunMetric, Unit
from load.metrics.rate import Span, rate_in_window
from load.run import Run

__all__ = ["IMAGES_PER_SECOND"]


def _images_per_second(run: Run) -> Estimate | None:
    made = [Span(row.picture_ns[0], row.final_ns) for row in run.load_rows if row.final_ns is not None]
    return rate_in_window(made, run.window_ns, run.held_back_ns)


IMAGES_PER_SECOND = RunMetric(
    name="images_per_second",
    title="images per second",
    unit=Unit.PER_SECOND,
    formula="finals / window; one across its edge counts by the share of [first picture, final] that is inside",
    source=("Request throughput as inference benchmarks define it, counted over streams that delivered a final."),
    of=_images_per_second,
)
