"""Failure ratio: how many streams did not do what they should."""

from load.estimate import Estimate, proportion_estimate
from load.metrics.metric import RunMetric, Unit
from load.run import Run
from load.stream_row import Outcome

__all__ = ["FAILURE_RATIO"]


def _failure_ratio(run: Run) -> Estimate | None:
    ended = [row for row in run.measured if row.outcome is not Outcome.LEFT]
    return proportion_estimate(sum(row.outcome.is_failure for row in ended), len(ended)) if ended else None


FAILURE_RATIO = RunMetric(
    name="failure_ratio",
    title="failure ratio",
    unit=Unit.RATIO,
    formula="failed streams / streams that ended by themselves",
    source=(
        "Error rate, with Wilson's interval. Streams that were cut short by the end of the run, or left on "
        "purpose, tell nothing about it."
    ),
    of=_failure_ratio,
)
