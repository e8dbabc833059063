"""One metric of the candidate against that of the baseline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from statistics import median

from load.metrics.metric import StreamMetric
from load.regression.arm_block import ArmBlock
from load.regression.log_ratio import LogRatios
from load.regression.stopping_rule import StoppingRule
from load.regression.verdict import RegressionVerdict

__all__ = ["MetricComparison", "verdict_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricComparison:
    """What the rounds say of one metric.

    Attributes:
        metric: Which.
        verdict: What it ends in.
        rounds: How many rounds have a ratio, of those up to the look that settled it.
        baseline: Median of the baseline's block medians.
        candidate: Median of the candidate's.
        ratio: Candidate over baseline, the mean of the rounds.
        low: Its lower bound, at the rule's level.
        high: Its upper bound.
        smallest_effect: The smallest slowdown, as a share, that these rounds would have found nine times in ten.
        rounds_to_settle: How many rounds it takes in all, if what was seen goes on; None where none will do.
    """

    metric: StreamMetric
    verdict: RegressionVerdict
    rounds: int
    baseline: float
    candidate: float
    ratio: float
    low: float
    high: float
    smallest_effect: float
    rounds_to_settle: int | None

    @classmethod
    def of(
        cls, metric: StreamMetric, rounds: Sequence[tuple[ArmBlock, ArmBlock]], rule: StoppingRule, *, metrics: int
    ) -> "MetricComparison | None":
        """The first look that settled it, or all rounds where none did; None where no round has it on both sides.

        Args:
            metric: Which.
            rounds: Each as the baseline's block and the candidate's.
            rule: How sure it has to be, and when it is looked at.
            metrics: How many metrics are compared, this one included.
        """
        for look in rule.looks_until(len(rounds)):
            found = cls._at(metric, rounds[:look], rule, metrics=metrics)
            if found is not None and found.verdict is not RegressionVerdict.NOT_ENOUGH_DATA:
                return found
        found = cls._at(metric, rounds, rule, metrics=metrics)
        return None if found is None else replace(found, verdict=RegressionVerdict.NOT_ENOUGH_DATA)

    @classmethod
    def _at(
        cls, metric: StreamMetric, rounds: Sequence[tuple[ArmBlock, ArmBlock]], rule: StoppingRule, *, metrics: int
    ) -> "MetricComparison | None":
        figures = [(_figure(metric, baseline), _figure(metric, candidate)) for baseline, candidate in rounds]
        pairs = [(baseline, candidate) for baseline, candidate in figures if baseline and candidate]
        if not pairs:
            return None
        ratios = LogRatios(tuple(log(candidate / baseline) for baseline, candidate in pairs))
        regressed_level, not_regressed_level = rule.regressed_level(metrics), rule.not_regressed_level()
        return cls(
            metric=metric,
            verdict=verdict_of(ratios, rule, metrics=metrics),
            rounds=len(pairs),
            baseline=median(baseline for baseline, _ in pairs),
            candidate=median(candidate for _, candidate in pairs),
            ratio=ratios.ratio,
            low=ratios.lower(regressed_level),
            high=ratios.upper(not_regressed_level),
            smallest_effect=ratios.smallest_effect(rule.margin, regressed_level),
            rounds_to_settle=ratios.rounds_to_settle(
                rule.margin, regressed_level=regressed_level, not_regressed_level=not_regressed_level
            ),
        )


def verdict_of(ratios: LogRatios, rule: StoppingRule, *, metrics: int) -> RegressionVerdict:
    """What the ratios of one metric come to at a look, where so many metrics are compared."""
    if ratios.lower(rule.regressed_level(metrics)) > 1 + rule.margin:
        return RegressionVerdict.REGRESSED
    if ratios.upper(rule.not_regressed_level()) < 1 + rule.margin:
        return RegressionVerdict.NO_REGRESSION
    return RegressionVerdict.NOT_ENOUGH_DATA


def _figure(metric: StreamMetric, block: ArmBlock) -> float | None:
    # The median: a straggler in a block of a few says nothing of the deployment.
    values = [value for of_stream in metric.per_stream(block.rows) for value in of_stream]
    return median(values) if values else None
