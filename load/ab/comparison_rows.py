"""The cells of a comparison's table, alike in every report."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isinf

from load.regression.failure_comparison import FailureComparison
from load.regression.interleaved_comparison import InterleavedComparison
from load.regression.metric_comparison import MetricComparison
from load.regression.verdict import RegressionVerdict
from load.value_text import value_text

__all__ = ["ComparisonRow", "comparison_rows", "failures_line"]

_PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRow:
    """One metric.

    Attributes:
        title: What it is called.
        baseline: Its median at the baseline, with the unit.
        candidate: Its median at the candidate.
        effect: How much more or less that is.
        bounds: Between what the effect lies.
        verdict: What it comes to.
    """

    title: str
    baseline: str
    candidate: str
    effect: str
    bounds: str
    verdict: RegressionVerdict


def comparison_rows(comparison: InterleavedComparison) -> Iterator[ComparisonRow]:
    """One row a metric."""
    for one in comparison.metrics:
        yield ComparisonRow(
            title=one.metric.title,
            baseline=value_text(one.baseline, one.metric.unit),
            candidate=value_text(one.candidate, one.metric.unit),
            effect=_signed(one.ratio - 1),
            bounds=_bounds(one),
            verdict=one.verdict,
        )


def failures_line(failures: FailureComparison) -> str:
    """How many streams failed on each side."""
    return (
        f"failed streams: {failures.candidate_failed} of {failures.candidate_streams} of the candidate's, "
        f"{failures.baseline_failed} of {failures.baseline_streams} of the baseline's"
    )


def _bounds(one: MetricComparison) -> str:
    return "?" if isinf(one.high) else f"{_signed(one.low - 1)} to {_signed(one.high - 1)}"


def _signed(share: float) -> str:
    return f"{share * _PERCENT:+.1f} %"
