"""One figure of two groups of runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isinf, log, log1p
from statistics import median

from load.comparison.rank_shift import RankShift
from load.regression.verdict import RegressionVerdict

__all__ = ["FigureComparison", "is_more_better", "is_suspicious", "verdict_of"]

_RATES = "_per_second"
_SUSPICION = 0.05


def is_more_better(figure: str) -> bool:
    """Whether a figure is a rate, of which a deployment should have more; of all others less is better."""
    return _RATES in figure


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureComparison:
    """What two groups of runs say of one figure.

    Attributes:
        figure: Its name.
        verdict: What it ends in.
        base: Its median over the base's runs.
        candidate: Its median over the candidate's.
        change: How much more the candidate has, as a share.
        low: The lower bound of that; -1 where the runs are too few.
        high: The upper bound; infinite likewise.
        smallest_effect: About the smallest worsening that these runs would have found nine times in ten, as a share.
        is_suspicious: Whether it would be a regression if one in twenty were allowed to be wrong: reason to run again.
    """

    figure: str
    verdict: RegressionVerdict
    base: float
    candidate: float
    change: float
    low: float
    high: float
    smallest_effect: float
    is_suspicious: bool

    @classmethod
    def of(
        cls, figure: str, base: Sequence[float], candidate: Sequence[float], *, margin: float, error_rate: float
    ) -> "FigureComparison":
        """Compare positive values, one a run.

        Args:
            figure: The figure's name.
            base: The base's values, at least one.
            candidate: The candidate's, at least one.
            margin: What counts as worse, as a share.
            error_rate: How often each bound may be wrong.
        """
        sign = -1 if is_more_better(figure) else 1
        worse = RankShift(*(tuple(sign * log(value) for value in values) for values in (base, candidate)))
        bounds = (worse.lower(error_rate), worse.upper(error_rate))
        low, high = sorted((_share(sign * bounds[0]), _share(sign * bounds[1])))
        return cls(
            figure=figure,
            verdict=verdict_of(worse, margin=margin, error_rate=error_rate),
            base=median(base),
            candidate=median(candidate),
            change=_share(sign * worse.shift),
            low=low,
            high=high,
            smallest_effect=_share(worse.smallest_shift(log1p(margin), error_rate)),
            is_suspicious=is_suspicious(worse, margin=margin),
        )


def verdict_of(worse: RankShift, *, margin: float, error_rate: float) -> RegressionVerdict:
    """What a shift of logarithms comes to; up is worse."""
    if worse.lower(error_rate) > log1p(margin):
        return RegressionVerdict.REGRESSED
    is_clear = worse.upper(error_rate) < log1p(margin)
    return RegressionVerdict.NO_REGRESSION if is_clear else RegressionVerdict.NOT_ENOUGH_DATA


def is_suspicious(worse: RankShift, *, margin: float) -> bool:
    """Whether it would be a regression if one in twenty were allowed to be wrong."""
    return worse.lower(_SUSPICION) > log1p(margin)


def _share(shift: float) -> float:
    return inf if isinf(shift) and shift > 0 else exp(shift) - 1
