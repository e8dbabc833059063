"""A comparison with what it comes to: whether it may be believed, its sentence, and how the command ends."""

from dataclasses import dataclass
from math import isinf

from load.exit_code import ExitCode
from load.regression.interleaved_comparison import InterleavedComparison
from load.regression.metric_comparison import MetricComparison
from load.regression.share import share_text
from load.regression.verdict import RegressionVerdict
from load.run import Run
from load.validity import Invalidity, invalidities

__all__ = ["JudgedComparison"]

_EXIT_CODES = {
    RegressionVerdict.REGRESSED: ExitCode.FELL_SHORT,
    RegressionVerdict.NO_REGRESSION: ExitCode.HELD,
    RegressionVerdict.NOT_ENOUGH_DATA: ExitCode.NOT_JUDGED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedComparison:
    """What a report shows.

    Attributes:
        run: The run that it comes from.
        comparison: What the run says.
        invalid: Every reason not to believe it.
    """

    run: Run
    comparison: InterleavedComparison
    invalid: tuple[Invalidity, ...]

    @classmethod
    def of(cls, run: Run) -> "JudgedComparison":
        """Judge a run of the scenario ``ab``.

        Raises:
            UsageError: It is a run of another scenario, or its settings cannot be read.
        """
        return cls(run=run, comparison=InterleavedComparison.of(run), invalid=invalidities(run))

    @property
    def exit_code(self) -> ExitCode:
        """How the command ends. A run that measured the generator neither passes nor fails."""
        return ExitCode.NOT_JUDGED if self.invalid else _EXIT_CODES[self.comparison.verdict]

    @property
    def sentence(self) -> str:
        """What came of it, in one sentence."""
        comparison = self.comparison
        margin = share_text(comparison.rule.margin)
        match comparison.verdict:
            case RegressionVerdict.REGRESSED:
                return f"regressed: {', '.join(self._regressions())}"
            case RegressionVerdict.NO_REGRESSION:
                return f"no regression larger than {margin}"
            case _:
                return f"not enough data: {self._what_is_missing()}"

    @property
    def cost_sentence(self) -> str:
        """What it took, and what it could have seen."""
        comparison = self.comparison
        words = f"{comparison.generations} generations, {_counted(comparison.rounds, 'round')}"
        # One metric stands for all here; the table has the bounds of each.
        first = next(iter(comparison.metrics), None)
        if first is None or isinf(first.smallest_effect):
            return words
        effect = share_text(first.smallest_effect)
        return f"{words}; a {first.metric.title} {effect} slower would have been found nine times in ten"

    def _regressions(self) -> list[str]:
        comparison = self.comparison
        found = [
            f"{one.metric.title} {_slower(one)}"
            for one in comparison.metrics
            if one.verdict is RegressionVerdict.REGRESSED
        ]
        if comparison.failures.verdict is RegressionVerdict.REGRESSED:
            failures = comparison.failures
            found.append(
                f"{failures.candidate_failed} of {failures.candidate_streams} streams failed, of the baseline's "
                f"{failures.baseline_failed} of {failures.baseline_streams}"
            )
        return found

    def _what_is_missing(self) -> str:
        comparison = self.comparison
        if not comparison.metrics:
            return "no round is whole in which both delivered pictures"
        more = comparison.more_rounds
        if more is None:
            return (
                f"the effect lies too near the margin of {share_text(comparison.rule.margin)} for any number of rounds"
            )
        return f"about {_counted(more, 'more round')} would settle it (--most-rounds {comparison.rounds + more})"


def _slower(one: MetricComparison) -> str:
    return f"{share_text(one.ratio - 1)} slower (at least {share_text(one.low - 1)})"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
