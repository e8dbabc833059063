"""By how much one group of runs lies above another, whatever their distribution."""

from dataclasses import dataclass
from functools import cache
from math import comb, inf, sqrt
from statistics import median

from scipy import special

__all__ = ["RankShift"]

_MAD_OF_NORMAL = float(special.ndtri(0.75))
_EFFICIENCY = 0.955
"""Of the rank-sum test against Student's, for normal data (3/pi: Hollander and Wolfe, section 4.5)."""
_POWER = 0.9


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
        return median(self._differences)

    def lower(self, error_rate: float) -> float:
        """The shift that the truth lies below only so often; minus infinity where the runs are too few to say."""
        rank = _rank(len(self.base), len(self.candidate), error_rate)
        return -inf if rank == 0 else sorted(self._differences)[rank - 1]

    def upper(self, error_rate: float) -> float:
        """The shift that the truth lies above only so often; infinite where the runs are too few to say."""
        rank = _rank(len(self.base), len(self.candidate), error_rate)
        return inf if rank == 0 else sorted(self._differences)[-rank]

    def smallest_shift(self, margin: float, error_rate: float) -> float:
        """About which shift would be found above the margin nine times in ten; infinite where none would be.

        The spread is that of the base, by its median absolute deviation: slow hosts do not count as spread.
        """
        if _rank(len(self.base), len(self.candidate), error_rate) == 0:
            return inf
        middle = median(self.base)
        spread = median(abs(value - middle) for value in self.base) / _MAD_OF_NORMAL
        quantiles = float(special.ndtri(1 - error_rate)) + float(special.ndtri(_POWER))
        per_run = 1 / len(self.base) + 1 / len(self.candidate)
        return margin + quantiles * spread * sqrt(per_run / _EFFICIENCY)

    @property
    def _differences(self) -> list[float]:
        return [candidate - base for candidate in self.candidate for base in self.base]


@cache
def _rank(base: int, candidate: int, error_rate: float) -> int:
    # The largest k for which the k-th smallest difference lies above a shift of zero by chance only so often: so often
    # is the number of pairs with the candidate below at most k - 1.
    orders, below = comb(base + candidate, base), 0
    for pairs, ways in enumerate(_ways(base, candidate)):
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
