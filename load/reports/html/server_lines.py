"""What the server's side said of itself, on the time axis of the streams."""

from collections.abc import Sequence
from dataclasses import replace

from load.reports.html.chart import CALM, STRONG, WARM, Chart, Trace, axis, hover, layout, seconds, thinned
from load.reports.html.time_axis import time_axis, time_marks
from load.run import Run
from load.server_series import server_series

__all__ = ["server_lines"]

_MOST_CHARTS = 12
_MOST_POINTS = 1500
_COLOURS = (CALM, STRONG, WARM)
# What a person looks for first; other series follow in the order of their names.
_FIRST = ("gpu", "util", "memory", "waiting", "running", "step_pictures", "step_seconds")


def server_lines(run: Run) -> tuple[Chart, ...]:
    """A chart for each series that moved, at most a dozen; those that never did say nothing."""
    moving = {
        name: points for name, points in server_series(run.samples).items() if len({value for _, value in points}) > 1
    }
    names = sorted(moving, key=_rank)
    charts = [_chart(run, name, moving[name], place) for place, name in enumerate(names[:_MOST_CHARTS])]
    if len(names) > _MOST_CHARTS:
        more = f" {len(names) - _MOST_CHARTS} more series moved and are in the run file."
        charts[-1] = replace(charts[-1], summary=charts[-1].summary + more)
    return tuple(charts)


def _rank(name: str) -> tuple[int, str]:
    return next((place for place, word in enumerate(_FIRST) if word in name), len(_FIRST)), name


def _chart(run: Run, name: str, points: Sequence[tuple[int, float]], place: int) -> Chart:
    values = [value for _, value in points]
    return Chart(
        id=f"server-{place}",
        title=f"Server: {name}",
        summary=f"from {min(values):.4g} to {max(values):.4g} in {len(points)} samples.",
        traces=(_trace(name, points, place),),
        layout=layout(x=time_axis(run), y=axis("", rangemode="tozero"), height=200, **time_marks(run)),
    )


def _trace(name: str, points: Sequence[tuple[int, float]], place: int) -> Trace:
    shown = thinned(points, _MOST_POINTS)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": hover(name),
        "showlegend": False,
        "line": {"shape": "hv", "color": _COLOURS[place % len(_COLOURS)], "width": 1.5},
        "x": [seconds(at_ns) for at_ns, _ in shown],
        "y": [value for _, value in shown],
    }
