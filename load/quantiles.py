"""Exact percentiles of values at hand, and how many values make one honest."""

from collections.abc import Collection
from fractions import Fraction
from math import ceil, log

__all__ = ["nearest_rank", "streams_needed"]


def nearest_rank(values: Collection[float], percentile: Fraction) -> float:
    """The smallest of the values that at least ``percentile`` per cent of them do not exceed.

    Source: the nearest-rank method; the result is always one of the values. The rank is computed in
    fractions, since 0.07 * 100 is more than 7 in floating point.

    Raises:
        ValueError: There are no values, or the percentile is outside 0 to 100.
    """
    if not values:
        raise ValueError("a percentile needs at least one value")
    if not 0 <= percentile <= 100:
        raise ValueError(f"the percentile is {percentile}, expected 0 to 100")
    return sorted(values)[max(0, ceil(percentile * len(values) / 100) - 1)]


def streams_needed(percentile: Fraction) -> int:
    """The fewest streams of which the percentile has both bounds, each at 95 %.

    ``ceil(ln 0.05 / ln p)`` with ``p`` the larger of the percentile and its complement: 5 for the median, 29 for p90,
    59 for p95, 299 for p99. With fewer, even the slowest stream may be faster than the percentile.

    Raises:
        ValueError: The percentile is not between 0 and 100, both excluded.
    """
    if not 0 < percentile < 100:
        raise ValueError(f"the percentile is {percentile}, expected more than 0 and less than 100")
    return ceil(log(0.05) / log(float(max(percentile, 100 - percentile) / 100)))
