"""How fast something drifts in the course of a run."""

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt

from load.conclusions.claims import CLAIM_CONFIDENCE
from load.distributions import student_quantile
from load.estimate import Estimate
from load.quantiles import nearest_rank

__all__ = ["LEAST_BLOCKS", "drift_per_hour"]

LEAST_BLOCKS = 6
"""With fewer points on the line its interval says nothing."""

_BLOCKS = 12
_LEAST_IN_BLOCK = 3
_MEDIAN = Fraction(50)
_NS_PER_HOUR = 3600e9


def drift_per_hour(points: Sequence[tuple[int, float]], window_ns: tuple[int, int]) -> Estimate | None:
    """The slope of a value over time, per hour, with an interval.

    The window is cut into twelve, and a line is laid through the medians of the pieces by least squares: values that
    follow each other closely are alike, and would make the interval too narrow. The interval is Student's (Draper and
    Smith, Applied Regression Analysis, 3rd ed., section 1.4).

    Args:
        points: Instants in nanoseconds, and values.
        window_ns: From when to when the load was steady.

    Returns:
        The slope, or None when fewer than six pieces hold three values each.
    """
    start_ns, end_ns = window_ns
    pieces: list[list[tuple[int, float]]] = [[] for _ in range(_BLOCKS)]
    for at_ns, value in points:
        if start_ns <= at_ns < end_ns:
            pieces[(at_ns - start_ns) * _BLOCKS // (end_ns - start_ns)].append((at_ns, value))
    line = [_middle(piece) for piece in pieces if len(piece) >= _LEAST_IN_BLOCK]
    return _slope(line, len(points)) if len(line) >= LEAST_BLOCKS else None


def _middle(piece: Sequence[tuple[int, float]]) -> tuple[float, float]:
    hours = sum(at_ns for at_ns, _ in piece) / len(piece) / _NS_PER_HOUR
    return hours, nearest_rank([value for _, value in piece], _MEDIAN)


def _slope(line: Sequence[tuple[float, float]], streams: int) -> Estimate:
    count = len(line)
    mean_x, mean_y = sum(x for x, _ in line) / count, sum(y for _, y in line) / count
    spread = sum((x - mean_x) ** 2 for x, _ in line)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in line) / spread
    rest = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in line)
    half = student_quantile(CLAIM_CONFIDENCE, count - 2) * sqrt(rest / (count - 2) / spread)
    return Estimate(value=slope, low=slope - half, high=slope + half, streams=streams)
