"""How late the generator itself was: what may be believed of the rest."""

from collections.abc import Sequence

from load.metrics.stamp_lag import STAMP_LAG
from load.reports.html.chart import BAD, CALM, WARM, Chart, Trace, axis, hover, layout, seconds, thinned
from load.reports.html.time_axis import time_axis, time_marks
from load.run import GeneratorTick, Run
from load.stream_row import StreamRow
from load.validity import largest_lag_seconds

__all__ = ["generator_lag"]

_MOST_POINTS = 2000
_MILLI = 1000
_NS_PER_MS = 1e6


def generator_lag(run: Run) -> Chart | None:
    """The longest stamp lag of each stream and what a timer overslept; None where neither is known."""
    stamped = [row for row in run.rows if STAMP_LAG.of(row)]
    if not (stamped or run.ticks):
        return None
    limit_ms = largest_lag_seconds(run) * _MILLI
    return Chart(
        id="generator-lag",
        title="The generator's own lag",
        summary=f"A run is invalid where more than one event in a hundred waited longer than {limit_ms:.3g} ms.",
        traces=(*([_stamps(stamped)] if stamped else []), *([_ticks(run.ticks)] if run.ticks else [])),
        layout=layout(x=time_axis(run), y=axis("ms", rangemode="tozero"), height=240, **_with_limit(run, limit_ms)),
    )


def _stamps(rows: Sequence[StreamRow]) -> Trace:
    shown = thinned(rows, _MOST_POINTS)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "longest wait of an event before it was read",
        "x": [seconds(row.end_ns) for row in shown],
        "y": [round(max(STAMP_LAG.of(row)) * _MILLI, 4) for row in shown],
        "marker": {"color": CALM, "size": 5},
    }


def _ticks(ticks: Sequence[GeneratorTick]) -> Trace:
    shown = thinned(ticks, _MOST_POINTS)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "longest oversleeping of a timer in a second",
        "x": [seconds(tick.at_ns) for tick in shown],
        "y": [round(tick.lag_ns / _NS_PER_MS, 4) for tick in shown],
        "text": [
            hover(tick.worker, f"processor {tick.processor_share:.0%}", f"{tick.streams} streams") for tick in shown
        ],
        "marker": {"color": WARM, "size": 6, "symbol": "triangle-up"},
    }


def _with_limit(run: Run, limit_ms: float) -> dict[str, object]:
    marks = time_marks(run)
    line = {"color": BAD, "width": 1.5, "dash": "dash"}
    limit = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": limit_ms, "y1": limit_ms, "line": line}
    return {**marks, "shapes": [*marks["shapes"], limit]}
