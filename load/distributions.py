"""Quantiles of the distributions that intervals come from. This is the one module that knows SciPy.

SciPy takes a quarter of a second to come, which commands that only read stored figures need not wait for: it is
imported when a quantile is asked for.
"""

from math import ceil
from statistics import NormalDist

__all__ = ["binomial_quantile", "normal_quantile", "student_quantile"]


def normal_quantile(probability: float) -> float:
    """What a standard normal variable stays below so often.

    Raises:
        ValueError: The probability is not between 0 and 1, both excluded.
    """
    return NormalDist().inv_cdf(probability)


def student_quantile(probability: float, degrees_of_freedom: int) -> float:
    """What Student's t stays below so often."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees_of_freedom, probability))


def binomial_quantile(probability: float, trials: int, share: float) -> int:
    """The smallest number of hits that is not exceeded with at least the probability."""
    from scipy.special import bdtr, bdtrik

    # bdtrik answers with a real number; the quantile is the first whole one that reaches the probability.
    count = max(0, ceil(bdtrik(probability, trials, share)) - 1)
    while count < trials and bdtr(count, trials, share) < probability:
        count += 1
    return count
