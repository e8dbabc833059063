"""When streams failed, by kind."""

from load.reports.html.chart import BAD, SOFT, WARM, Chart, Trace, axis, hover, layout, seconds
from load.reports.html.time_axis import time_axis, time_marks
from load.run import Run
from load.stream_row import Outcome

__all__ = ["failures_over_time"]

_COLOURS = (BAD, WARM, SOFT)


def failures_over_time(run: Run) -> Chart | None:
    """A mark a failure on a line for its kind; None where nothing failed."""
    kinds = sorted({row.outcome for row in run.rows if row.outcome.is_failure}, key=lambda kind: kind.value)
    if not kinds:
        return None
    counts = {kind: sum(row.outcome is kind for row in run.rows) for kind in kinds}
    return Chart(
        id="failures-over-time",
        title="Failures over time",
        summary=", ".join(f"{count} {kind.value}" for kind, count in counts.items()) + ".",
        traces=tuple(_trace(run, kind, place) for place, kind in enumerate(kinds)),
        layout=layout(x=time_axis(run), y=axis("", type="category"), height=140 + 40 * len(kinds), **time_marks(run)),
    )


def _trace(run: Run, kind: Outcome, place: int) -> Trace:
    rows = [row for row in run.rows if row.outcome is kind]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": kind.value,
        "showlegend": False,
        "x": [seconds(row.end_ns) for row in rows],
        "y": [kind.value] * len(rows),
        "text": [hover(kind.value, row.detail, row.group, row.worker) for row in rows],
        "hoverinfo": "text",
        "marker": {"color": _COLOURS[place % len(_COLOURS)], "symbol": "x", "size": 9},
    }
