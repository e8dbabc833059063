"""How soon streams showed something, and how long they seemed to hang, over the time of the run."""

from collections.abc import Sequence

from load.metrics import StreamMetric
from load.reports.html.chart import BAD, CALM, SOFT, WARM, Chart, Trace, axis, hover, layout, seconds, thinned
from load.reports.html.time_axis import time_axis, time_marks
from load.run import MarkKind, Run
from load.stream_row import StreamRow
from load.value_text import value_text

__all__ = ["over_time"]

_MOST_MARKS = 4000


def over_time(run: Run, metric: StreamMetric) -> Chart | None:
    """A mark a stream at the instant it was due; None where no stream has a value."""
    rows = [row for row in run.rows if metric.of(row)]
    if not rows:
        return None
    measured = [row for row in rows if not row.is_warm_up and not row.outcome.is_failure]
    warm_up = [row for row in rows if row.is_warm_up]
    failed = [row for row in rows if row.outcome.is_failure and not row.is_warm_up]
    arms = [(group, [row for row in measured if row.group == group]) for group in _arms(run)]
    traces = [
        *(
            _trace(metric, rows, group, colour, "circle")
            for (group, rows), colour in zip(arms, (CALM, WARM), strict=False)
        ),
        *([] if arms else [_trace(metric, measured, "streams", CALM, "circle")]),
        _trace(metric, warm_up, "warm-up", SOFT, "circle-open"),
        _trace(metric, failed, "failed later", BAD, "x"),
    ]
    values = [max(metric.of(row)) for row in rows]
    return Chart(
        id=f"over-time-{metric.name}",
        title=f"{metric.title.capitalize()} over time",
        summary=f"{len(rows)} streams, from {value_text(min(values), metric.unit)} to "
        f"{value_text(max(values), metric.unit)}; each at the instant it was due.",
        traces=tuple(trace for trace in traces if trace["x"]),
        layout=layout(
            x=time_axis(run), y=axis(f"{metric.title}, {metric.unit.value}", rangemode="tozero"), **time_marks(run)
        ),
    )


def _arms(run: Run) -> list[str]:
    # Two that take turns are told apart; stages and groups of other scenarios have charts of their own.
    if not any(mark.kind is MarkKind.TURN for mark in run.marks):
        return []
    return sorted({row.group for row in run.measured})[:2]


def _trace(metric: StreamMetric, rows: Sequence[StreamRow], name: str, colour: str, symbol: str) -> Trace:
    shown = thinned(rows, _MOST_MARKS)
    return {
        "type": "scattergl" if len(shown) > _MOST_MARKS // 4 else "scatter",
        "mode": "markers",
        "name": name if len(shown) == len(rows) else f"{name} ({len(shown)} of {len(rows)} drawn)",
        "x": [seconds(row.planned_ns) for row in shown],
        "y": [round(max(metric.of(row)), 5) for row in shown],
        "text": [hover(value_text(max(metric.of(row)), metric.unit), row.group, row.worker) for row in shown],
        "hoverinfo": "text",
        "marker": {"color": colour, "symbol": symbol, "size": 6},
    }
