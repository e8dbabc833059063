"""Previews per second: how many previews the endpoint sends to all users together."""

from load.estimate import Estimate
from load.metrics.metric import RunMetric, Unit
from load.metrics.rate import Span, rate_in_window
from load.run import Run

__all__ = ["PREVIEWS_PER_SECOND"]


def _previews_per_second(run: Run) -> Estimate | None:
    return rate_in_window(
        (Span(at_ns, at_ns) for row in run.load_rows for at_ns in row.preview_ns), run.window_ns, run.held_back_ns
    )


PREVIEWS_PER_SECOND = RunMetric(
    name="previews_per_second",
    title="previews per second",
    unit=Unit.PER_SECOND,
    formula="previews of all streams inside the steady window / its length",
    source=("Output tokens per second, for pictures; finals are counted by images_per_second."),
    of=_previews_per_second,
)
