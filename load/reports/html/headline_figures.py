"""The few figures that stand in large letters above all others."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.images_per_second import IMAGES_PER_SECOND
from load.metrics.longest_gap import LONGEST_GAP
from load.metrics.time_to_final import TIME_TO_FINAL
from load.quantiles import streams_needed
from load.run import Run
from load.summary import run_figures, stream_figures
from load.value_text import interval_text, percentile_text, value_text

__all__ = ["HeadlineFigure", "headline_figures"]

_OF_STREAMS = (FIRST_PREVIEW, LONGEST_GAP, TIME_TO_FINAL)
_P50, _P95 = Fraction(50), Fraction(95)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadlineFigure:
    """A figure in large letters.

    Attributes:
        title: What it is of.
        value: The figure with its unit.
        remark: How far it can be trusted, or what else there is to it.
    """

    title: str
    value: str
    remark: str


def headline_figures(run: Run) -> tuple[HeadlineFigure, ...]:
    """First preview, longest gap, final and throughput, as far as the run tells them."""
    return (*_of_streams(run), *_of_run(run))


def _of_streams(run: Run) -> Iterator[HeadlineFigure]:
    for figures in stream_figures(run.measured):
        if figures.metric in _OF_STREAMS:
            p95 = percentile_text(figures, _P95)
            remark = f"p95 takes {streams_needed(_P95)} streams" if figures.percentiles[_P95] is None else f"p95 {p95}"
            yield HeadlineFigure(
                title=f"median {figures.metric.title}", value=percentile_text(figures, _P50), remark=remark
            )


def _of_run(run: Run) -> Iterator[HeadlineFigure]:
    for metric, estimate in run_figures(run):
        if metric is IMAGES_PER_SECOND:
            interval = interval_text(estimate, metric.unit)
            yield HeadlineFigure(title=metric.title, value=value_text(estimate.value, metric.unit), remark=interval)
