"""A comparison, for programs."""

from math import isinf
from typing import Any

from load.ab.judged_comparison import JudgedComparison
from load.regression.metric_comparison import MetricComparison

__all__ = ["FORMAT", "VERSION", "comparison_document"]

FORMAT = "fal-stream-comparison"
VERSION = 1


def comparison_document(judged: JudgedComparison) -> dict[str, Any]:
    """The comparison as JSON values; shares are shares, durations seconds, None what cannot be said."""
    comparison, fingerprint, failures = judged.comparison, judged.run.fingerprint, judged.comparison.failures
    return {
        "format": FORMAT,
        "version": VERSION,
        "verdict": comparison.verdict.value,
        "sentence": judged.sentence,
        "exit_code": int(judged.exit_code),
        "invalid": [one.reason for one in judged.invalid],
        "candidate": fingerprint.endpoint,
        "baseline": fingerprint.baseline,
        "commit": fingerprint.commit,
        "started_at": fingerprint.started_at,
        "margin": comparison.rule.margin,
        "false_alarm_rate": comparison.rule.false_alarm_rate,
        "miss_rate": comparison.rule.miss_rate,
        "rounds": comparison.rounds,
        "more_rounds": comparison.more_rounds,
        "generations": comparison.generations,
        "baseline_drift": comparison.baseline_drift,
        "metrics": {one.metric.name: _metric(one) for one in comparison.metrics},
        "failures": {
            "verdict": comparison.failures.verdict.value,
            "baseline": {"failed": failures.baseline_failed, "streams": failures.baseline_streams},
            "candidate": {"failed": failures.candidate_failed, "streams": failures.candidate_streams},
        },
    }


def _metric(one: MetricComparison) -> dict[str, Any]:
    return {
        "verdict": one.verdict.value,
        "rounds": one.rounds,
        "unit": one.metric.unit.value,
        "baseline": one.baseline,
        "candidate": one.candidate,
        "ratio": one.ratio,
        "low": one.low,
        "high": _finite(one.high),
        "smallest_effect": _finite(one.smallest_effect),
        "rounds_to_settle": one.rounds_to_settle,
    }


def _finite(value: float) -> float | None:
    return None if isinf(value) else value
