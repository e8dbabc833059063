"""The figures of a run that every report shows, computed once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import fmean

from load.estimate import Estimate, percentile_estimate
from load.metrics import RUN_METRICS, STREAM_METRICS, RunMetric, StreamMetric
from load.quantiles import streams_needed
from load.run import Run
from load.stream_row import Outcome, StreamRow

__all__ = ["PERCENTILES", "FailureCount", "StreamFigures", "failure_counts", "run_figures", "stream_figures"]

PERCENTILES = (Fraction(50), Fraction(90), Fraction(95), Fraction(99))
"""Those that reports show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFigures:
    """What became of a metric over many streams.

    Attributes:
        metric: The metric.
        streams: How many streams have values of it.
        mean: Mean of all values.
        smallest: The smallest.
        largest: The largest.
        percentiles: By percentile; None where the streams are too few for an honest one.
    """

    metric: StreamMetric
    streams: int
    mean: float
    smallest: float
    largest: float
    percentiles: dict[Fraction, Estimate | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCount:
    """How often streams failed in one way.

    Attributes:
        outcome: Which kind of failure.
        detail: What was seen of it.
        streams: How many streams.
    """

    outcome: Outcome
    detail: str
    streams: int


def stream_figures(rows: Sequence[StreamRow]) -> tuple[StreamFigures, ...]:
    """Every metric that at least one of the streams has values of."""
    return tuple(figures for metric in STREAM_METRICS if (figures := _figures(metric, rows)) is not None)


def run_figures(run: Run) -> tuple[tuple[RunMetric, Estimate], ...]:
    """Every metric of the whole run that it can tell."""
    return tuple((metric, estimate) for metric in RUN_METRICS if (estimate := metric.of(run)) is not None)


def failure_counts(rows: Iterable[StreamRow]) -> tuple[FailureCount, ...]:
    """The failures by kind and detail, the most frequent first."""
    counts = Counter((row.outcome, row.detail) for row in rows if row.outcome.is_failure)
    return tuple(
        FailureCount(outcome=outcome, detail=detail, streams=count) for (outcome, detail), count in counts.most_common()
    )


def _figures(metric: StreamMetric, rows: Sequence[StreamRow]) -> StreamFigures | None:
    per_stream = metric.per_stream(rows)
    pooled = [value for of_stream in per_stream for value in of_stream]
    if not pooled:
        return None
    return StreamFigures(
        metric=metric,
        streams=len(per_stream),
        mean=fmean(pooled),
        smallest=min(pooled),
        largest=max(pooled),
        percentiles={
            share: percentile_estimate(per_stream, share) if len(per_stream) >= streams_needed(share) else None
            for share in PERCENTILES
        },
    )
