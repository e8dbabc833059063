"""A number computed from streams, with how sure it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from load.distributions import binomial_quantile, normal_quantile, student_quantile
from load.quantiles import nearest_rank

__all__ = ["CONFIDENCE", "Estimate", "mean_estimate", "percentile_estimate", "proportion_estimate"]

CONFIDENCE = 0.95
"""How often each end of an interval is on the right side of the truth, when streams are independent.

Objectives ask about one side, so each end is a bound of its own; both hold at once nine times in ten.
"""

_NORMAL_QUANTILE = normal_quantile(CONFIDENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value and the interval it stands for.

    Attributes:
        value: The value.
        low: Lower end of the interval, or None when the streams are too few to have one.
        high: Upper end, likewise.
        streams: How many streams it is computed from.
    """

    value: float
    low: float | None = None
    high: float | None = None
    streams: int


def percentile_estimate(per_stream: Sequence[Sequence[float]], percentile: Fraction) -> Estimate:
    """The nearest-rank percentile of all values, with its order-statistic interval.

    The number of values below the percentile is binomial, so that two of the sorted values enclose it with a known
    probability, whatever the distribution (David and Nagaraja, Order Statistics, 3rd ed., section 7.1). Values of
    one stream depend on each other: the ranks are those of as many values as there are streams, and are scaled to
    the pooled values. An end beyond the smallest or largest value does not exist: p95 takes 59 streams to have
    an upper one.

    Args:
        per_stream: The values of each stream, at least one each.
        percentile: Between 0 and 100.

    Raises:
        ValueError: There are no streams.
    """
    values = sorted(value for of_stream in per_stream for value in of_stream)
    value = nearest_rank(values, percentile)
    streams, share = len(per_stream), float(percentile / 100)
    low_rank, high_rank = _ranks(streams, share)
    return Estimate(
        value=value,
        low=None if low_rank < 1 else values[(low_rank - 1) * len(values) // streams],
        high=None if high_rank > streams else values[-(-high_rank * len(values) // streams) - 1],
        streams=streams,
    )


def proportion_estimate(hits: int, streams: int) -> Estimate:
    """A share of streams, with its Wilson score interval (Wilson 1927).

    Raises:
        ValueError: There are no streams.
    """
    if streams < 1:
        raise ValueError("a proportion needs at least one stream")
    share, square = hits / streams, _NORMAL_QUANTILE**2
    middle = (share + square / (2 * streams)) / (1 + square / streams)
    spread = share * (1 - share) / streams + square / (4 * streams**2)
    half = _NORMAL_QUANTILE / (1 + square / streams) * sqrt(spread)
    # Both ends are exact where nothing, or everything, was hit; rounding would leave a speck.
    low, high = (0.0 if hits == 0 else middle - half), (1.0 if hits == streams else middle + half)
    return Estimate(value=share, low=low, high=high, streams=streams)


def mean_estimate(values: Sequence[float], *, confidence: float = CONFIDENCE) -> Estimate:
    """The mean of one value a stream, with Student's interval; none for fewer than two.

    Args:
        values: One value a stream.
        confidence: How often each end is on the right side of the truth.

    Raises:
        ValueError: There are no values.
    """
    if not values:
        raise ValueError("a mean needs at least one value")
    count = len(values)
    mean = sum(values) / count
    if count < 2:
        return Estimate(value=mean, streams=count)
    deviation = sqrt(sum((value - mean) ** 2 for value in values) / (count - 1))
    half = student_quantile(confidence, count - 1) * deviation / sqrt(count)
    return Estimate(value=mean, low=mean - half, high=mean + half, streams=count)


def _ranks(streams: int, share: float) -> tuple[int, int]:
    # The innermost ranks of which each is on its side of the percentile with the confidence.
    return binomial_quantile(1 - CONFIDENCE, streams, share), binomial_quantile(CONFIDENCE, streams, share) + 1
