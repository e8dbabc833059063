"""Whether the candidate fails more often."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import comb

from load.regression.arm_block import ArmBlock
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
    """

    baseline_failed: int
    baseline_streams: int
    candidate_failed: int
    candidate_streams: int

    @classmethod
    def of(cls, baseline: Iterable[ArmBlock], candidate: Iterable[ArmBlock]) -> "FailureComparison":
        """Count them."""
        baseline_rows = [row for block in baseline for row in block.rows]
        candidate_rows = [row for block in candidate for row in block.rows]
        return cls(
            baseline_failed=sum(row.outcome.is_failure for row in baseline_rows),
            baseline_streams=len(baseline_rows),
            candidate_failed=sum(row.outcome.is_failure for row in candidate_rows),
            candidate_streams=len(candidate_rows),
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

    def verdict(self, level: float) -> RegressionVerdict:
        """Regressed where chance explains it less often than ``level``.

        That failures are equally frequent could be shown with thousands of streams only: what is not regressed counts
        as such here, and the report gives the counts.
        """
        return RegressionVerdict.REGRESSED if self.p_value < level else RegressionVerdict.NO_REGRESSION
