"""Two groups of runs, figure by figure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from load.comparison.figure_comparison import FigureComparison
from load.errors import UsageError
from load.history.entry import HistoryEntry
from load.regression.verdict import RegressionVerdict

__all__ = ["DEFAULT_FIGURES", "RunComparison"]

DEFAULT_FIGURES = ("ttfp_median", "time_to_final_median")
"""What a person waits for. Each further figure makes every verdict harder to reach."""

_SHORT = 60
_CONFIRMED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """What the runs say.

    Attributes:
        margin: What counts as worse, as a share.
        figures: One comparison a figure.
        base_runs: How many runs the base has that count.
        candidate_runs: How many the candidate has.
        left_out: How many runs are noisy or invalid, and do not count.
        on_both: How many runs both sides name, such as the newest ones of a branch; they are the candidate's.
    """

    margin: float
    figures: tuple[FigureComparison, ...]
    base_runs: int
    candidate_runs: int
    left_out: int
    on_both: int

    @classmethod
    def of(
        cls,
        base: Sequence[HistoryEntry],
        candidate: Sequence[HistoryEntry],
        *,
        figures: Sequence[str] = (),
        margin: float = 0.04,
        error_rate: float = 0.01,
        allowed: Iterable[str] = (),
    ) -> "RunComparison":
        """Compare runs by their figures; a run is one observation, however many streams it has.

        Args:
            base: The runs that are good enough.
            candidate: The runs that are judged.
            figures: Their figures; :data:`DEFAULT_FIGURES`, or ratios where there are none of these, if left out.
            margin: What counts as worse, as a share.
            error_rate: How often, at the most, any figure is called regressed though it is not.
            allowed: Fields in which the runs may differ.

        Raises:
            UsageError: They cannot be compared, or have no such figure.
        """
        _require_comparable((*base, *candidate), set(allowed))
        judged = {one.run_id for one in candidate}
        # Unless nothing is left, where somebody compares runs with themselves.
        others = [one for one in base if one.run_id not in judged] or base
        counted = [[one for one in side if one.is_valid and not one.is_noisy] for side in (others, candidate)]
        if not all(counted):
            raise UsageError("every run of one side is noisy or invalid; nothing can be compared")
        names = _figures(counted, figures)
        return cls(
            margin=margin,
            figures=tuple(
                FigureComparison.of(
                    name,
                    *([one.figures[name] for one in side if name in one.figures] for side in counted),
                    margin=margin,
                    error_rate=error_rate / len(names),
                )
                for name in names
            ),
            base_runs=len(counted[0]),
            candidate_runs=len(counted[1]),
            left_out=len(others) + len(candidate) - sum(map(len, counted)),
            on_both=len(base) - len(others),
        )

    @property
    def verdict(self) -> RegressionVerdict:
        """The worst of all; no regression only where every figure says so."""
        verdicts = {one.verdict for one in self.figures}
        if RegressionVerdict.REGRESSED in verdicts:
            return RegressionVerdict.REGRESSED
        is_clear = verdicts == {RegressionVerdict.NO_REGRESSION}
        return RegressionVerdict.NO_REGRESSION if is_clear else RegressionVerdict.NOT_ENOUGH_DATA

    @property
    def is_confirmed(self) -> bool:
        """Whether a second fresh run bears out what is said of the candidate."""
        return self.candidate_runs >= _CONFIRMED

    @property
    def is_suspicious(self) -> bool:
        """Whether it should be run again: it looks slower, and that is not proven or not confirmed."""
        if self.verdict is RegressionVerdict.NOT_ENOUGH_DATA:
            return any(one.is_suspicious for one in self.figures)
        return self.verdict is RegressionVerdict.REGRESSED and not self.is_confirmed


def _require_comparable(entries: Sequence[HistoryEntry], allowed: set[str]) -> None:
    fields = dict.fromkeys(name for entry in entries for name in entry.blocking)
    if unknown := allowed - set(fields):
        raise UsageError(f"{min(unknown)!r} is no field in which runs may differ; the fields are {', '.join(fields)}")
    for name in fields:
        values = list(dict.fromkeys(entry.blocking.get(name, "") for entry in entries))
        if len(values) > 1 and name not in allowed:
            one, other = (f"{value[:_SHORT]!r}" for value in values[:2])
            raise UsageError(
                f"the runs differ in {name}: {one} and {other}; what was measured is not the same "
                f"(--allow-different {name} compares them all the same)"
            )


def _figures(sides: Sequence[Sequence[HistoryEntry]], wanted: Sequence[str]) -> tuple[str, ...]:
    # Positive ones: a share of nothing has no ratio to anything.
    positive = [_positive(side) for side in sides]
    shared = sorted(positive[0] & positive[1])
    for name in wanted:
        if name not in shared:
            raise UsageError(f"both sides have no positive {name!r}; they have {', '.join(shared) or 'none in common'}")
    usual = [name for name in DEFAULT_FIGURES if name in shared]
    names = tuple(wanted) or tuple(usual) or tuple(shared)
    if not names:
        raise UsageError("the runs have no figures in common")
    return names


def _positive(side: Sequence[HistoryEntry]) -> set[str]:
    names = {name for entry in side for name in entry.figures}
    return {name for name in names if all(entry.figures.get(name, 1) > 0 for entry in side)}
