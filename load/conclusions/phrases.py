"""Numbers and their intervals, as conclusions word them."""

from collections.abc import Sequence
from fractions import Fraction

from load.estimate import Estimate, percentile_estimate
from load.metrics.metric import StreamMetric
from load.quantiles import streams_needed
from load.stream_row import StreamRow

__all__ = ["counted", "interval", "median_of", "ratio_phrase", "seconds", "signed_seconds"]

_MEDIAN = Fraction(50)
_MILLI = 1000


def seconds(value: float) -> str:
    """A duration: ``87 ms`` or ``1.24 s``."""
    return f"{value:.3g} s" if abs(value) >= 1 else f"{value * _MILLI:.3g} ms"


def signed_seconds(value: float) -> str:
    """A difference of durations: ``+87 ms`` or ``-1.24 s``."""
    return ("+" if value >= 0 else "") + seconds(value)


def interval(estimate: Estimate, *, signed: bool = False) -> str:
    """The interval of durations, with how many streams it comes from: ``80 ms to 95 ms, 40 streams``."""
    word = signed_seconds if signed else seconds
    low = "?" if estimate.low is None else word(estimate.low)
    high = "?" if estimate.high is None else word(estimate.high)
    return f"{low} to {high}, {counted(estimate.streams, 'stream')}"


def counted(number: int, noun: str) -> str:
    """``1 stream``, ``2 streams``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def median_of(metric: StreamMetric, rows: Sequence[StreamRow]) -> Estimate | None:
    """The median of a metric, or None with fewer streams than give it an interval."""
    per_stream = metric.per_stream(rows)
    return percentile_estimate(per_stream, _MEDIAN) if len(per_stream) >= streams_needed(_MEDIAN) else None


def ratio_phrase(ratio: Estimate) -> str:
    """``1.32 times (1.10 to 1.58, 6 rounds)``; for a ratio whose interval is whole."""
    return f"{ratio.value:.3g} times ({ratio.low:.3g} to {ratio.high:.3g}, {counted(ratio.streams, 'round')})"
