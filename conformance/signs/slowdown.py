"""How much slower one sample of durations is than another, with a bound that needs no assumption on their spread.

Source: J. L. Hodges and E. L. Lehmann, Estimates of Location Based on Rank Tests, Annals of Mathematical Statistics 34
(1963), 598-611, taken on logarithms, where a factor is a shift. Among all ratios of a duration of one sample to a
duration of the other, the number of those below the true factor is distributed as Mann and Whitney's U, whatever the
spread of the durations is, so that a small ratio by rank is a lower bound of the factor, exact for any sample size.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import comb
from statistics import median

__all__ = ["Slowdown", "slowdown"]

# The exact distribution takes a time that grows with the cube of the sample size; more would hardly narrow the bound.
_MOST_DURATIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowdown:
    """By which factor durations have grown.

    Attributes:
        factor: The estimate: the median of all ratios.
        least_factor: Its lower bound; 0 where the samples are too small for any.
    """

    factor: float
    least_factor: float


def slowdown(durations: Sequence[float], baseline: Sequence[float], *, error_rate: float) -> Slowdown:
    """Compare durations with those of a baseline; of more than a hundred, the last hundred count.

    Args:
        durations: Of the one sample, all above zero and in the unit of the other; at least one.
        baseline: Of the other.
        error_rate: How often, at the most, the lower bound may lie above the true factor, as a share.
    """
    some, others = durations[-_MOST_DURATIONS:], baseline[-_MOST_DURATIONS:]
    ratios = sorted(duration / other for duration in some for other in others)
    rank = _rank(len(some), len(others), error_rate)
    return Slowdown(factor=median(ratios), least_factor=ratios[rank - 1] if rank else 0.0)


@lru_cache(maxsize=8)
def _rank(count: int, other_count: int, error_rate: float) -> int:
    """The highest rank, from 1, of a ratio that exceeds the true factor no more often than allowed; 0 for none."""
    allowed = error_rate * comb(count + other_count, count)
    return sum(1 for orders in accumulate(_orders(count, other_count)) if orders <= allowed)


def _orders(count: int, other_count: int) -> Iterator[int]:
    """In how many orders of both samples U is 0, 1, 2 and so on: the coefficients of a Gaussian binomial."""
    orders = [1] + [0] * (count * other_count)
    for place in range(1, count + 1):
        for value in range(len(orders) - 1, other_count + place - 1, -1):
            orders[value] -= orders[value - other_count - place]
        for value in range(place, len(orders)):
            orders[value] += orders[value - place]
    return iter(orders)
