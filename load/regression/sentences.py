"""A comparison in sentences."""

from collections.abc import Iterator
from math import isinf

from load.regression.interleaved_comparison import InterleavedComparison
from load.regression.metric_comparison import MetricComparison
from load.regression.share import share_text
from load.regression.verdict import RegressionVerdict

__all__ = ["cost_sentence", "verdict_sentence"]


def verdict_sentence(comparison: InterleavedComparison) -> str:
    """What came of it, in one sentence."""
    match comparison.verdict:
        case RegressionVerdict.REGRESSED:
            return f"regressed: {', '.join(_regressions(comparison))}"
        case RegressionVerdict.NO_REGRESSION:
            return f"no regression larger than {share_text(comparison.rule.margin)}"
        case _:
            return f"not enough data: {_what_is_missing(comparison)}"


def cost_sentence(comparison: InterleavedComparison) -> str:
    """What it took, and what it could have seen."""
    words = f"{comparison.generations} generations, {_counted(comparison.rounds, 'round')}"
    # One metric stands for all here; the table has the bounds of each.
    first = next(iter(comparison.metrics), None)
    if first is None or isinf(first.smallest_effect):
        return words
    effect = share_text(first.smallest_effect)
    return f"{words}; a {first.metric.title} {effect} slower would have been found nine times in ten"


def _regressions(comparison: InterleavedComparison) -> Iterator[str]:
    for one in comparison.metrics:
        if one.verdict is RegressionVerdict.REGRESSED:
            yield f"{one.metric.title} {_slower(one)}"
    failures = comparison.failures
    if failures.verdict is RegressionVerdict.REGRESSED:
        yield (
            f"{failures.candidate_failed} of {failures.candidate_streams} streams failed, of the baseline's "
            f"{failures.baseline_failed} of {failures.baseline_streams}"
        )


def _what_is_missing(comparison: InterleavedComparison) -> str:
    if not comparison.metrics:
        return "no round is whole in which both delivered pictures"
    more = comparison.more_rounds
    if more is None:
        return f"the effect lies too near the margin of {share_text(comparison.rule.margin)} for any number of rounds"
    return f"about {_counted(more, 'more round')} would settle it (--most-rounds {comparison.rounds + more})"


def _slower(one: MetricComparison) -> str:
    return f"{share_text(one.ratio - 1)} slower (at least {share_text(one.low - 1)})"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
