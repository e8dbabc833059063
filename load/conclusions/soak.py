"""Whether the endpoint became slower, or its memory fuller, while the load was the same."""

from collections import defaultdict
from collections.abc import Iterator

from load.conclusions.claims import excludes
from load.conclusions.drift import LEAST_BLOCKS, drift_per_hour
from load.conclusions.phrases import counted, interval, signed_seconds
from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.time_to_final import TIME_TO_FINAL
from load.run import Run

__all__ = ["conclude"]

_MEGABYTE = 1e6


def conclude(run: Run) -> tuple[str, ...]:
    """The drift of the time to first preview, of the time to final and of each series of memory that was sampled."""
    return (*_of_streams(run), *_of_memory(run))


def _of_streams(run: Run) -> Iterator[str]:
    for metric in (FIRST_PREVIEW, TIME_TO_FINAL):
        points = [(row.planned_ns, value) for row in run.measured for value in metric.of(row)]
        drift = drift_per_hour(points, run.window_ns)
        if drift is None:
            yield f"the drift of {metric.title}: too few streams to say, {LEAST_BLOCKS} twelfths of the run need some"
        elif excludes(drift, 0):
            yield f"{metric.title} drifts by {signed_seconds(drift.value)} an hour ({interval(drift, signed=True)})"
        else:
            yield f"no drift of {metric.title} can be told from scatter: {interval(drift, signed=True)} an hour"


def _of_memory(run: Run) -> Iterator[str]:
    for name, points in _memory_series(run).items():
        drift = drift_per_hour(points, run.window_ns)
        if drift is None or drift.low is None or drift.high is None:
            continue
        span = f"{drift.low / _MEGABYTE:+.3g} to {drift.high / _MEGABYTE:+.3g} MB, {counted(len(points), 'sample')}"
        if excludes(drift, 0):
            yield f"{name} drifts by {drift.value / _MEGABYTE:+.3g} MB an hour ({span})"
        else:
            yield f"no drift of {name} can be told from scatter: {span} an hour"


def _memory_series(run: Run) -> dict[str, list[tuple[int, float]]]:
    series: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for sample in run.samples:
        for name, value in sample.values:
            is_in_use = "used" in name or "resident" in name or "allocated" in name
            if "memory" in name and "bytes" in name and is_in_use:
                series[name].append((sample.at_ns, value))
    return series
