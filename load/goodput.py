"""Goodput: the pictures that were not only made, but made as the objectives ask (as AIPerf's and vLLM's goodput)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from load.estimate import Estimate, proportion_estimate
from load.metrics.images_per_second import IMAGES_PER_SECOND
from load.metrics.metric import StreamMetric
from load.run import Run
from load.stream_row import Outcome, StreamRow

__all__ = ["StreamLimit", "attainment", "goodput_per_second", "is_good"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLimit:
    """What every value of one stream is to hold.

    Attributes:
        metric: What is limited.
        sign: How: ``operator.le`` and its like.
        limit: The limit, in the metric's unit.
    """

    metric: StreamMetric
    sign: Callable[[float, float], bool]
    limit: float

    def holds(self, row: StreamRow) -> bool:
        """Whether the stream has values, and all of them hold."""
        values = self.metric.of(row)
        return bool(values) and all(self.sign(value, self.limit) for value in values)


def is_good(row: StreamRow, limits: Sequence[StreamLimit]) -> bool:
    """Whether a stream delivered its final, and met every limit on the way."""
    return row.outcome is Outcome.COMPLETE and all(limit.holds(row) for limit in limits)


def attainment(rows: Sequence[StreamRow], limits: Sequence[StreamLimit]) -> Estimate | None:
    """The share of streams that are good, among those that ended by themselves; None where none did."""
    ended = [row for row in rows if row.outcome not in (Outcome.CUT_SHORT, Outcome.LEFT)]
    return proportion_estimate(sum(is_good(row, limits) for row in ended), len(ended)) if ended else None


def goodput_per_second(run: Run, limits: Sequence[StreamLimit]) -> Estimate | None:
    """Good pictures per second in the steady window: images per second, less those that are not good.

    The interval is that of the share of pictures that are good; the rate itself is taken as it is.
    """
    rate = IMAGES_PER_SECOND.of(run)
    complete = [row for row in run.measured if row.outcome is Outcome.COMPLETE]
    if rate is None or not complete:
        return None
    share = proportion_estimate(sum(is_good(row, limits) for row in complete), len(complete))
    return Estimate(
        value=rate.value * share.value,
        low=None if share.low is None else rate.value * share.low,
        high=None if share.high is None else rate.value * share.high,
        streams=len(complete),
    )
