"""Student's test: how often chance alone would part two samples so far."""

from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

from load.distributions import student_two_sided

__all__ = ["p_value", "smallest_p_value"]


def p_value(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    """Of two samples with one spread, how often chance alone would part their means so far, either way.

    Two samples that do not vary at all are parted for certain, or are the same. Two values tell nothing of a spread.
    Student 1908, "The probable error of a mean".

    Args:
        before: Finite values, one at least.
        after: Likewise.
    """
    freedom = len(before) + len(after) - 2
    mean_before, mean_after = float(before.mean()), float(after.mean())
    if not freedom or mean_before == mean_after:
        return 1.0
    deviations = float(np.square(before - mean_before).sum() + np.square(after - mean_after).sum())
    error = sqrt(deviations / freedom * (1 / len(before) + 1 / len(after)))
    return student_two_sided(abs(mean_before - mean_after) / error if error else inf, freedom)


def smallest_p_value(values: NDArray[np.float64]) -> float:
    """Of all the places where a sample can be parted in two, the p-value of the one that parts it best; 1 if none.

    The sum of squares between two parts is n S^2 / (k (n - k)) where the first k deviations from the mean sum to S, and
    what is left of the whole sum of squares is within them.

    Args:
        values: Finite values in their order.
    """
    freedom = len(values) - 2
    if freedom < 1:
        return 1.0
    deviations = values - values.mean()
    first = np.arange(1, len(values))
    sums = np.cumsum(deviations)[:-1]
    between = float(np.max(np.square(sums) * (len(values) / (first * first[::-1]))))
    within = float(np.square(deviations).sum()) - between
    return student_two_sided(sqrt(between * freedom / within) if within > 0 else inf, freedom) if between else 1.0
