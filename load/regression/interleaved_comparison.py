"""Candidate against baseline, from one run in which both had their turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import fmean

from load.metrics.metric import StreamMetric
from load.regression.arm_block import ArmBlock, rounds_of
from load.regression.failure_comparison import FailureComparison
from load.regression.interleaved_plan import InterleavedPlan
from load.regression.metric_comparison import MetricComparison
from load.regression.stopping_rule import StoppingRule
from load.regression.verdict import RegressionVerdict
from load.run import Run

__all__ = ["InterleavedComparison"]

_LEAST_ROUNDS_FOR_DRIFT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class InterleavedComparison:
    """What a run says, and what it cost.

    Attributes:
        rule: How sure it had to be.
        metrics: One comparison a metric that both sides have.
        failures: Streams that failed.
        rounds: How many rounds were whole.
        generations: How many streams were sent in all, those to warm up included.
        baseline_drift: How much slower the baseline itself became over the run, as a share; None for few rounds.
    """

    rule: StoppingRule
    metrics: tuple[MetricComparison, ...]
    failures: FailureComparison
    rounds: int
    generations: int
    baseline_drift: float | None

    @classmethod
    def of(cls, run: Run) -> "InterleavedComparison":
        """Compare as the run's own workload says; the first metric tells the drift.

        Args:
            run: A run of the scenario ``ab``, or as much of it as there is.

        Raises:
            UsageError: Its workload is not one of that scenario.
        """
        plan = InterleavedPlan.of(dict(run.fingerprint.workload))
        metrics, rule = plan.metrics, plan.rule
        rounds = rounds_of(run, streams_per_block=plan.streams_per_block)
        # Failures are one more thing that can be found worse.
        compared = len(metrics) + 1
        found = (MetricComparison.of(metric, rounds, rule, metrics=compared) for metric in metrics)
        return cls(
            rule=rule,
            metrics=tuple(one for one in found if one is not None),
            failures=FailureComparison.of(rounds, rule, metrics=compared),
            rounds=len(rounds),
            generations=len(run.rows),
            baseline_drift=_drift(metrics[0], [baseline for baseline, _ in rounds]),
        )

    @property
    def verdict(self) -> RegressionVerdict:
        """The worst of all; not enough data as long as any metric is open and none regressed."""
        verdicts = {one.verdict for one in self.metrics}
        if RegressionVerdict.REGRESSED in verdicts or self.failures.verdict is RegressionVerdict.REGRESSED:
            return RegressionVerdict.REGRESSED
        return RegressionVerdict.NO_REGRESSION if verdicts == {RegressionVerdict.NO_REGRESSION} else _OPEN

    @property
    def more_rounds(self) -> int | None:
        """How many more rounds would settle what is open, if what was seen goes on; None where no number will."""
        wanted = [one.rounds_to_settle for one in self.metrics if one.verdict is _OPEN]
        if not wanted or None in wanted:
            return None
        return max(2, max(rounds for rounds in wanted if rounds is not None) - self.rounds)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do: it is settled, or it has gone on for long enough."""
        return self.verdict is not _OPEN or self.rounds >= self.rule.most_rounds


_OPEN = RegressionVerdict.NOT_ENOUGH_DATA


def _drift(metric: StreamMetric, blocks: Sequence[ArmBlock]) -> float | None:
    if len(blocks) < _LEAST_ROUNDS_FOR_DRIFT:
        return None
    half = len(blocks) // 2
    early, late = _log_mean(metric, blocks[:half]), _log_mean(metric, blocks[-half:])
    return None if early is None or late is None else exp(late - early) - 1


def _log_mean(metric: StreamMetric, blocks: Sequence[ArmBlock]) -> float | None:
    values = [value for block in blocks for of_stream in metric.per_stream(block.rows) for value in of_stream if value]
    return fmean(map(log, values)) if values else None
