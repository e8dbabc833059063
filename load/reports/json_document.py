"""A judged run as JSON: the versioned summary that other programs read. Its schema is ``summary.schema.json``."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from math import isinf
from statistics import fmean, median
from typing import Any

import msgspec

from load.envelope_share import share_used
from load.estimate import Estimate
from load.judged_run import JudgedRun
from load.metrics import RunMetric
from load.objectives import Verdict
from load.quantiles import streams_needed
from load.run import Run, ServerSample
from load.server_series import server_series
from load.summary import StreamFigures, failure_counts, run_figures, stream_figures
from load.validity import largest_lag_seconds

__all__ = ["FORMAT", "VERSION", "document", "render"]

FORMAT = "fal-stream-load-summary"
VERSION = 1

_NS_PER_SECOND = 1e9


def render(judged: JudgedRun) -> str:
    """The document as text."""
    return json.dumps(document(judged), indent=2) + "\n"


def document(judged: JudgedRun) -> dict[str, Any]:
    """The document, of JSON's own types. What is infinite, because it never came, is the text ``never came``."""
    run = judged.run
    start_ns, end_ns = run.window_ns
    return {
        "format": FORMAT,
        "version": VERSION,
        "exit_code": int(judged.exit_code),
        "run": msgspec.to_builtins(run.fingerprint),
        "window_seconds": [start_ns / _NS_PER_SECOND, end_ns / _NS_PER_SECOND],
        "streams": _streams(run),
        "metrics": {figures.metric.name: _stream_metric(figures) for figures in stream_figures(run.measured)}
        | {metric.name: _run_metric(metric, estimate) for metric, estimate in run_figures(run)},
        "objectives": [_verdict(verdict) for verdict in judged.verdicts],
        "invalid": [one.reason for one in judged.invalid],
        "conclusions": list(judged.conclusions),
        "generator": _generator(run),
        "server": _server(run.samples),
        "marks": msgspec.to_builtins(run.marks),
    }


def _streams(run: Run) -> dict[str, Any]:
    return {
        "all": len(run.rows),
        "measured": len(run.measured),
        "warm_up": sum(row.is_warm_up for row in run.rows),
        "unsent": 0 if run.end is None else run.end.unsent,
        "by_outcome": dict(Counter(row.outcome.value for row in run.rows)),
        "failures": [msgspec.to_builtins(count) for count in failure_counts(run.rows)],
        "by_group": dict(Counter(row.group for row in run.measured if row.group)),
    }


def _stream_metric(figures: StreamFigures) -> dict[str, Any]:
    return {
        "unit": figures.metric.unit.value,
        "streams": figures.streams,
        "mean": figures.mean,
        "min": figures.smallest,
        "max": figures.largest,
        "percentiles": {
            f"p{share}": {**_estimate(estimate), "streams_needed": streams_needed(share)}
            for share, estimate in figures.percentiles.items()
        },
    }


def _run_metric(metric: RunMetric, estimate: Estimate) -> dict[str, Any]:
    return {"unit": metric.unit.value, "streams": estimate.streams, **_estimate(estimate)}


def _estimate(estimate: Estimate | None) -> dict[str, Any]:
    return {name: None if estimate is None else _number(getattr(estimate, name)) for name in ("value", "low", "high")}


def _number(value: float | None) -> float | str | None:
    return "never came" if value is not None and isinf(value) else value


def _verdict(verdict: Verdict) -> dict[str, Any]:
    measured = verdict.measured
    return {
        "objective": str(verdict.objective),
        "metric": verdict.objective.metric,
        "limit": float(verdict.objective.limit),
        "unit": verdict.objective.unit.value,
        "standing": verdict.standing.value,
        "is_close": verdict.is_close,
        "streams": 0 if measured is None else measured.streams,
        "streams_needed": verdict.streams_needed,
        **_estimate(measured),
    }


def _generator(run: Run) -> dict[str, Any]:
    lags = [tick.lag_ns / _NS_PER_SECOND for tick in run.ticks]
    return {
        "envelope_share": share_used(run),
        "largest_lag_seconds": largest_lag_seconds(run),
        "seconds": len(run.ticks),
        "timer_lag_seconds": {"median": median(lags), "max": max(lags)} if lags else None,
        "processor_share": max((tick.processor_share for tick in run.ticks), default=None),
        "streams_at_once": max((tick.streams for tick in run.ticks), default=None),
    }


def _server(samples: Sequence[ServerSample]) -> dict[str, Mapping[str, float]]:
    return {
        name: {"mean": fmean(values), "max": max(values), "last": values[-1]}
        for name, points in server_series(samples).items()
        if (values := [value for _, value in points])
    }
