"""Apache Otava's E-Divisive. This is the one module that knows it; it is imported when something is looked for.

The algorithm parts a series where the two sides are most unlike each other (Matteson and James 2014, "A Nonparametric
Approach for Multiple Change Point Analysis of Multivariate Data"), in windows that slide over it, with Student's test
in place of permutations (Fleming et al. 2023, "Hunter: Using Change Point Detection to Hunt for Performance
Regressions"). Nothing in it is drawn by chance, and windows bound its cost: it grows with the points, not their square.

Where a window parts is Otava's; the windows and the test are ours, since Otava's come with SciPy's statistics, which
take longer to import than ten thousand runs take to look through.
"""

import numpy as np
from numpy.typing import NDArray
from otava.change_point_divisive.base import BaseStats, CandidateChangePoint, ChangePoint, SignificanceTester
from otava.change_point_divisive.calculator import PairDistanceCalculator
from otava.change_point_divisive.detector import ChangePointDetector

from load.trend.student_test import p_value, smallest_p_value

__all__ = ["divided"]

_WINDOW_POINTS = 50
_ROUNDING = 1.001


def divided(values: NDArray[np.float64], largest_p_value: float) -> list[int]:
    """The places where the series may part, in order, each as the index of its first value after.

    Windows overlap by half, or begin at the last place found.

    Args:
        values: Finite values, on a scale where equal steps mean the same.
        largest_p_value: How often chance alone may look so within a window.
    """
    detector = ChangePointDetector(_StudentTester(largest_p_value), PairDistanceCalculator)
    places: set[int] = set()
    start = 0
    while start < len(values):
        window = values[start : start + _WINDOW_POINTS]
        # Most windows of a long history can be parted nowhere, which is seen sooner than where they would be.
        is_worth_it = smallest_p_value(window) <= _ROUNDING * largest_p_value
        found = [start + int(point.index) for point in detector.get_change_points(window)] if is_worth_it else []
        places.update(found)
        start = max([start + _WINDOW_POINTS // 2, *found])
    return sorted(places)


class _StudentTester(SignificanceTester):
    """Whether the two sides of a place differ, by Student's test."""

    def change_point(
        self, candidate: CandidateChangePoint, series: NDArray[np.float64], intervals: list[slice]
    ) -> ChangePoint:
        """The place with its p-value, within the interval that it parts."""
        place = candidate.index
        whole = next(interval for interval in intervals if interval.stop is None or place < interval.stop)
        chance = p_value(series[whole.start : place], series[place : whole.stop])
        return ChangePoint.from_candidate(candidate, BaseStats(pvalue=chance))
