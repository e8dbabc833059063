"""A run with what became of its objectives, and whether it may be believed: what every report shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from load.conclusions import conclusions
from load.exit_code import ExitCode, exit_code, exit_code_of_turns
from load.objectives import Objective, Verdict, judge
from load.regression.interleaved_comparison import InterleavedComparison
from load.run import MarkKind, Run
from load.validity import Invalidity, invalidities

__all__ = ["JudgedRun"]

_SEARCHES = frozenset({"ramp_to_knee"})
_COMPARISONS = frozenset({"ab"})


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRun:
    """A run, judged.

    Attributes:
        run: What was recorded.
        verdicts: One an objective, in order.
        invalid: Every reason not to believe the run; none for a good one.
    """

    run: Run
    verdicts: tuple[Verdict, ...]
    invalid: tuple[Invalidity, ...]

    @classmethod
    def of(cls, run: Run, objectives: Sequence[Objective] = ()) -> "JudgedRun":
        """Judge a run.

        The objectives of a search are what it looks for the end of: it goes on until they break, and none is judged.
        """
        is_search = run.fingerprint.scenario in _SEARCHES
        verdicts = () if is_search else judge(objectives, run)
        return cls(run=run, verdicts=verdicts, invalid=invalidities(run))

    @property
    def conclusions(self) -> tuple[str, ...]:
        """What the scenario concludes from it, in plain sentences."""
        return conclusions(self.run)

    @property
    def is_judged(self) -> bool:
        """Whether there was anything to judge it by; else it was measured, and that is all."""
        return bool(self.verdicts or self.invalid) or self.run.fingerprint.scenario in _COMPARISONS

    @property
    def exit_code(self) -> ExitCode:
        """What it comes to. A search that found nothing judged nothing, and turns judge the candidate."""
        if self.run.fingerprint.scenario in _COMPARISONS:
            return exit_code_of_turns(InterleavedComparison.of(self.run).verdict, self.invalid)
        if self.run.fingerprint.scenario in _SEARCHES and not any(
            mark.kind is MarkKind.KNEE for mark in self.run.marks
        ):
            return ExitCode.NOT_JUDGED
        return exit_code(self.run, self.verdicts, self.invalid)
