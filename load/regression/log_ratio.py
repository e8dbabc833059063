"""How many times slower: from the logarithms of ratios that were taken side by side."""

from dataclasses import dataclass
from math import ceil, exp, inf, log1p, sqrt
from statistics import fmean, stdev

from load.distributions import normal_quantile, student_quantile

__all__ = ["POWER", "LogRatios"]

POWER = 0.9
"""How often an effect is to be found that is called the smallest one to be seen."""

_MOST_ROUNDS_WORTH_NAMING = 1000


@dataclass(frozen=True, slots=True)
class LogRatios:
    """One log ratio a round, candidate over baseline. Rounds are the unit: streams of a block are no observations.

    Bounds are Student's, of the mean. Ratios of medians are near enough to log-normal for that; how far it holds with
    heavy tails and slow hosts is simulated in ``benchmarks/regression``.

    Attributes:
        values: The log ratios, at least one.
    """

    values: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The geometric mean of the ratios."""
        return exp(fmean(self.values))

    def lower(self, error_rate: float) -> float:
        """The ratio that the truth lies below only so often; 0 for fewer than two rounds."""
        half = self._half(error_rate)
        return 0.0 if half == inf else exp(fmean(self.values) - half)

    def upper(self, error_rate: float) -> float:
        """The ratio that the truth lies above only so often; infinite for fewer than two rounds."""
        half = self._half(error_rate)
        return inf if half == inf else _exp(fmean(self.values) + half)

    def smallest_effect(self, margin: float, error_rate: float) -> float:
        """How much slower the candidate would have to be to be called regressed nine times in ten, as a share.

        Infinite for fewer than two rounds.
        """
        half = self._half(error_rate)
        if half == inf:
            return inf
        reserve = student_quantile(POWER, len(self.values) - 1) * self._standard_error
        return _exp(log1p(margin) + half + reserve) - 1

    def rounds_to_settle(self, margin: float, *, regressed_level: float, not_regressed_level: float) -> int | None:
        """How many rounds it takes in all, if what was seen so far goes on.

        None where no number worth naming does: the effect lies at the margin, or there are fewer than two rounds.
        """
        if len(self.values) < 2:
            return None
        distance = fmean(self.values) - log1p(margin)
        level = regressed_level if distance > 0 else not_regressed_level
        # Enough that the bound clears the margin nine times in ten, and not in half of the cases.
        quantiles = normal_quantile(1 - level) + normal_quantile(POWER)
        wanted = (quantiles * stdev(self.values)) ** 2
        if wanted > _MOST_ROUNDS_WORTH_NAMING * distance**2:
            return None
        return max(2, ceil(wanted / distance**2)) if distance else 2

    @property
    def _standard_error(self) -> float:
        return stdev(self.values) / sqrt(len(self.values))

    def _half(self, error_rate: float) -> float:
        if len(self.values) < 2:
            return inf
        return student_quantile(1 - error_rate, len(self.values) - 1) * self._standard_error


def _exp(logarithm: float) -> float:
    # Two rounds that are to be very sure have bounds beyond what a number can be.
    try:
        return exp(logarithm)
    except OverflowError:
        return inf
