"""The distributions that intervals and tests come from. This is the one module that knows SciPy.

SciPy takes a quarter of a second to come, which commands that only read stored figures need not wait for: it is
imported when a quantile is asked for.
"""

from math import ceil, exp, isinf, lgamma, log, sqrt
from statistics import NormalDist

__all__ = ["binomial_quantile", "normal_quantile", "student_quantile", "student_two_sided"]

_FEWEST_TERMS = 20


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


def student_two_sided(t: float, degrees_of_freedom: int) -> float:
    """How often Student's t is at least so far from nought, either way.

    It is the regularised incomplete beta function at n / (n + t^2) with the parameters n / 2 and 1 / 2, by its
    continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22). Without SciPy, since the trend asks
    for nothing else: it would wait longer for the import than for the answer.
    """
    square, half = t * t, degrees_of_freedom / 2
    if isinf(square):
        return 0.0
    near, far = degrees_of_freedom / (degrees_of_freedom + square), square / (degrees_of_freedom + square)
    # The fraction settles fast on one side of the distribution's middle only.
    is_far = near < (half + 1) / (half + 2.5)
    return _beta_ratio(near, far, half, 0.5) if is_far else 1 - _beta_ratio(far, near, 0.5, half)


def _beta_ratio(x: float, rest: float, a: float, b: float) -> float:
    """The regularised incomplete beta function of ``x``; the rest is what ``x`` lacks of one."""
    if not x:
        return 0.0
    size = exp(a * log(x) + b * log(rest) + lgamma(a + b) - lgamma(a) - lgamma(b)) / a
    fraction = 1.0
    # It settles after about the square root of the larger parameter.
    for m in range(_FEWEST_TERMS + int(sqrt(max(a, b))), -1, -1):
        even = (m + 1) * (b - m - 1) * x / ((a + 2 * m + 1) * (a + 2 * m + 2))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        fraction = 1 + odd / (1 + even / fraction)
    return size / fraction


def binomial_quantile(probability: float, trials: int, share: float) -> int:
    """The smallest number of hits that is not exceeded with at least the probability."""
    from scipy.special import bdtr, bdtrik

    # bdtrik answers with a real number; the quantile is the first whole one that reaches the probability.
    count = max(0, ceil(bdtrik(probability, trials, share)) - 1)
    while count < trials and bdtr(count, trials, share) < probability:
        count += 1
    return count
