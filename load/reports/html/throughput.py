"""Throughput against latency, one point a load: where more users bring no more pictures, only more waiting."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from load.metrics.first_preview import FIRST_PREVIEW
from load.quantiles import nearest_rank
from load.reports.html.chart import BAD, CALM, WARM, Chart, axis, hover, layout
from load.run import MarkKind, Run
from load.stream_row import StreamRow

__all__ = ["throughput"]

_NS_PER_SECOND = 1e9
_FEWEST_POINTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Load:
    """What one stage of the run came to."""

    name: str
    images_per_second: float
    ttfp_seconds: float
    streams: int


def throughput(run: Run) -> Chart | None:
    """Images per second against the median time to first preview of each stage; None where there are not several."""
    loads = [load for load in _loads(run) if load is not None]
    if len(loads) < _FEWEST_POINTS:
        return None
    loads = sorted(loads, key=lambda load: load.images_per_second)
    knees = [mark.text for mark in run.marks if mark.kind is MarkKind.KNEE]
    best = max(loads, key=lambda load: load.images_per_second)
    return Chart(
        id="throughput",
        title="Throughput against latency",
        summary=f"{len(loads)} loads, up to {best.images_per_second:.3g} images per second ({best.name}). "
        + " ".join(knees),
        traces=(
            {
                "type": "scatter",
                "mode": "lines+markers+text",
                "name": "stages of the run",
                "x": [round(load.images_per_second, 4) for load in loads],
                "y": [round(load.ttfp_seconds, 4) for load in loads],
                "text": [hover(load.name) for load in loads],
                "hovertext": [_words(load) for load in loads],
                "hoverinfo": "text",
                "textposition": "top center",
                "marker": {"color": [BAD if load.name in " ".join(knees) else CALM for load in loads], "size": 9},
                "line": {"color": WARM, "width": 1, "dash": "dot"},
            },
        ),
        layout=layout(
            x=axis("images per second", rangemode="tozero"),
            y=axis("median time to first preview, s", rangemode="tozero"),
        ),
    )


def _loads(run: Run) -> list[_Load | None]:
    stages = [mark for mark in run.marks if mark.kind is MarkKind.STAGE]
    ends = [*(mark.at_ns for mark in stages), run.window_ns[1]]
    return [
        _load(stage.text, [row for row in run.measured if start_ns <= row.planned_ns < end_ns], end_ns - start_ns)
        for stage, (start_ns, end_ns) in zip(stages, pairwise(ends), strict=True)
    ]


def _load(name: str, rows: Sequence[StreamRow], length_ns: int) -> _Load | None:
    firsts = [value for row in rows for value in FIRST_PREVIEW.of(row)]
    if not firsts or length_ns <= 0:
        return None
    finals = sum(row.final_ns is not None for row in rows)
    return _Load(
        name=name,
        images_per_second=finals / (length_ns / _NS_PER_SECOND),
        ttfp_seconds=nearest_rank(firsts, Fraction(50)),
        streams=len(rows),
    )


def _words(load: _Load) -> str:
    return hover(
        load.name,
        f"{load.images_per_second:.3g} images per second",
        f"{load.ttfp_seconds:.3f} s",
        f"{load.streams} streams",
    )
