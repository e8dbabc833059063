"""Whether the candidate fails more often."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import comb

from load.regression.arm_block import ArmBlock
from load.regression.stopping_rule import StoppingRule
from load.regression.verdict import RegressionVerdict

__all__ = ["FailureComparison"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureComparison:
    """Streams and failures of both.

    Attributes:
        baseline_failed: How many of the baseline's streams failed.
        baseline_streams: Of how many.
        candidate_failed: How many of the candidate's.
        candidate_streams: Of how many.
        verdict: Whether the candidate fails more often.
    """

    baseline_failed: int
    baseline_streams: int
    candidate_failed: int
    candidate_streams: int
    verdict: RegressionVerdict = RegressionVerdict.NOT_ENOUGH_DATA

    @classmethod
    def of(
        cls, rounds: Sequence[tuple[ArmBlock, ArmBlock]], rule: StoppingRule, *, metrics: int
    ) -> "FailureComparison":
        """The first look at which the candidate failed more often, or all rounds where none did.

        That both fail equally often could be shown with thousands of streams only: as long as the candidate is not
        found to fail more often it counts as not regressed, and the counts are told.

        Args:
            rounds: Each as the baseline's block and the candidate's.
            rule: How sure it has to be, and when it is looked at.
            metrics: How many things are compared, this one included.
        """
        looks = rule.looks_until(len(rounds))
        for look in looks:
            found = cls._counted(rounds[:look])
            if found.p_value < rule.regressed_level(metrics):
                return replace(found, verdict=RegressionVerdict.REGRESSED)
        verdict = RegressionVerdict.NO_REGRESSION if looks else RegressionVerdict.NOT_ENOUGH_DATA
        return replace(cls._counted(rounds), verdict=verdict)

    @classmethod
    def _counted(cls, rounds: Sequence[tuple[ArmBlock, ArmBlock]]) -> "FailureComparison":
        baseline = [row.outcome.is_failure for block, _ in rounds for row in block.rows]
        candidate = [row.outcome.is_failure for _, block in rounds for row in block.rows]
        return cls(
            baseline_failed=sum(baseline),
            baseline_streams=len(baseline),
            candidate_failed=sum(candidate),
            candidate_streams=len(candidate),
        )

    @property
    def p_value(self) -> float:
        """How often chance alone would put at least so many of the failures on the candidate's side.

        Fisher's exact test, one-sided: the failures are given, and the hypergeometric distribution says where they
        fall (Fisher 1935, The Design of Experiments).
        """
        failed = self.baseline_failed + self.candidate_failed
        most = min(failed, self.candidate_streams)
        ways = sum(
            comb(self.candidate_streams, on_candidate) * comb(self.baseline_streams, failed - on_candidate)
            for on_candidate in range(self.candidate_failed, most + 1)
        )
        return ways / comb(self.baseline_streams + self.candidate_streams, failed)
