"""What a test gets from a comparison."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from load.regression.verdict import RegressionVerdict

__all__ = ["AbResult"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AbResult:
    """Candidate against baseline.

    Attributes:
        verdict: What it comes to in all.
        sentence: The same in words.
        is_valid: Whether the generator kept up; what it says of the candidate is not to be believed otherwise.
        ratios: How many times slower, for each metric by its name.
        generations: How many streams it took.
        markdown: All of it as a table.
        run_file: The streams, one JSON line each.
    """

    verdict: RegressionVerdict
    sentence: str
    is_valid: bool
    ratios: Mapping[str, float]
    generations: int
    markdown: str
    run_file: Path

    @classmethod
    def of(cls, document: Mapping[str, Any], *, markdown: str, run_file: Path) -> "AbResult":
        """Read a comparison's JSON document."""
        return cls(
            verdict=RegressionVerdict(document["verdict"]),
            sentence=document["sentence"],
            is_valid=not document["invalid"],
            ratios={name: metric["ratio"] for name, metric in document["metrics"].items()},
            generations=document["generations"],
            markdown=markdown,
            run_file=run_file,
        )

    def require_no_regression(self, *, proven: bool = False) -> None:
        """Fail the test where the candidate is proven slower.

        Where nothing is proven, or the run is invalid, the test is skipped and says why.

        Args:
            proven: Fail also where it is not proven that the candidate is not slower.
        """
        __tracebackhide__ = True
        if self.is_valid and self.verdict is RegressionVerdict.REGRESSED:
            pytest.fail(f"{self.sentence}\n\n{self.markdown}", pytrace=False)
        if self.is_valid and self.verdict is RegressionVerdict.NO_REGRESSION:
            return
        reason = self.sentence if self.is_valid else "the run is invalid: the generator did not keep up"
        if proven:
            pytest.fail(f"{reason}\n\n{self.markdown}", pytrace=False)
        pytest.skip(reason)
