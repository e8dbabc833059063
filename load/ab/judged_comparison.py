"""A comparison with what it comes to: whether it may be believed, its sentence, and how the command ends."""

from dataclasses import dataclass

from load.exit_code import ExitCode, exit_code_of_turns
from load.regression.interleaved_comparison import InterleavedComparison
from load.regression.sentences import cost_sentence, verdict_sentence
from load.run import Run
from load.validity import Invalidity, invalidities

__all__ = ["JudgedComparison"]


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
        """How the command ends."""
        return exit_code_of_turns(self.comparison.verdict, self.invalid)

    @property
    def sentence(self) -> str:
        """What came of it, in one sentence."""
        return verdict_sentence(self.comparison)

    @property
    def cost_sentence(self) -> str:
        """What it took, and what it could have seen."""
        return cost_sentence(self.comparison)
