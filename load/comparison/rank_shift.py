"""By how much one group of runs lies above another, whatever their distribution."""

from dataclasses import dataclass
from functools import cache
from math import comb, inf, sqrt

import numpy as np
from numpy.typing import NDArray

from load.distributions import normal_quantile

__all__ = ["RankShift"]

_DRAWS = 400
_FEW = 0.05
"""Of the bounds that are drawn so many may lie lower. Half of one in ten, for the base itself is but a sample."""
_LEAST_TO_DRAW_FROM = 5
_LARGEST_DRAW = 200
"""Runs of a side: more of them would be found to see hardly less, and take long to draw."""
_MOST_STEPS = 500_000
"""For the exact distribution: beyond, both groups are so large that the normal one is near enough."""


@dataclass(frozen=True, slots=True)
class RankShift:
    """The shift between two samples, with the bounds that belong to the rank-sum test.

    All differences between a value of one and a value of the other are sorted. The shift is their median (Hodges and
    Lehmann 1963); the bounds are those of them that the exact distribution of the rank sum picks (Moses; Hollander and
    Wolfe, Nonparametric Statistical Methods, section 4.3). They hold for any continuous distribution that is shifted,
    and one run on a slow host moves them by a rank and not by its size.

    Attributes:
        base: Values of one group, at least one.
        candidate: Values of the other, at least one.
    """

    base: tuple[float, ...]
    candidate: tuple[float, ...]

    @property
    def shift(self) -> float:
        """How much higher the candidate lies."""
        return float(np.median(_differences(np.array(self.base), np.array(self.candidate))))

    def lower(self, error_rate: float) -> float:
        """The shift that the truth lies below only so often; minus infinity where the runs are too few to say."""
        rank = _rank(len(self.base), len(self.candidate), error_rate)
        return -inf if rank == 0 else _ranked(np.array(self.base), np.array(self.candidate), rank)

    def upper(self, error_rate: float) -> float:
        """The shift that the truth lies above only so often; infinite where the runs are too few to say."""
        rank = _rank(len(self.base), len(self.candidate), error_rate)
        return inf if rank == 0 else -_ranked(np.array(self.candidate), np.array(self.base), rank)

    def smallest_shift(self, margin: float, error_rate: float) -> float:
        """About which shift would be found above the margin nine times in ten; infinite where none would be.

        As many runs are drawn from the base's again and again (Efron 1979), with their slow hosts. Always the same
        draws, so that the same runs say the same.
        """
        sizes = [min(len(side), _LARGEST_DRAW) for side in (self.base, self.candidate)]
        rank = _rank(*sizes, error_rate)
        if rank == 0 or len(self.base) < _LEAST_TO_DRAW_FROM:
            return inf
        random = np.random.default_rng(0)
        bounds = [
            _ranked(random.choice(self.base, sizes[0]), random.choice(self.base, sizes[1]), rank) for _ in range(_DRAWS)
        ]
        return margin - float(np.quantile(bounds, _FEW))


def _differences(base: NDArray[np.float64], candidate: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.subtract.outer(candidate, base).ravel()


def _ranked(base: NDArray[np.float64], candidate: NDArray[np.float64], rank: int) -> float:
    """The difference with so many minus one below it."""
    return float(np.partition(_differences(base, candidate), rank - 1)[rank - 1])


@cache
def _rank(base: int, candidate: int, error_rate: float) -> int:
    # The largest k for which the k-th smallest difference lies above a shift of zero by chance only so often: so often
    # is the number of pairs with the candidate below at most k - 1.
    if base * candidate * min(base, candidate) > _MOST_STEPS:
        deviation = sqrt(base * candidate * (base + candidate + 1) / 12)
        return int(base * candidate / 2 + normal_quantile(error_rate) * deviation)
    orders, below = comb(base + candidate, base), 0
    for pairs, ways in enumerate(_ways(max(base, candidate), min(base, candidate))):
        below += ways
        if below > error_rate * orders:
            return pairs
    return base * candidate


def _ways(base: int, candidate: int) -> list[int]:
    """In how many orders of all values so many pairs have the candidate below, for each number of pairs.

    The Gaussian binomial coefficient (Mann and Whitney 1947): the product of 1 - q^(base + k) over 1 - q^k.
    """
    most = base * candidate
    ways = [1] + [0] * most
    for k in range(1, candidate + 1):
        for pairs in range(most, base + k - 1, -1):
            ways[pairs] -= ways[pairs - base - k]
        for pairs in range(k, most + 1):
            ways[pairs] += ways[pairs - k]
    return ways
