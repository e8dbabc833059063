"""The time axis that charts of a run share: warm-up shaded, stages marked."""

from typing import Any

from load.reports.html.chart import SOFT, WARM, axis, hover, seconds
from load.run import MarkKind, Run

__all__ = ["time_axis", "time_marks"]


def time_axis(run: Run) -> dict[str, Any]:
    """Seconds since the start of the run, to its last stream."""
    last_ns = max([run.window_ns[1], *(row.end_ns for row in run.rows)])
    return axis("seconds since the start of the run", range=[0, seconds(last_ns)])


def time_marks(run: Run) -> dict[str, Any]:
    """Shapes and remarks: what is not measured, and where the load changes."""
    start_ns, end_ns = run.window_ns
    shapes = [_shade(0, start_ns)] if start_ns else []
    stages = [mark for mark in run.marks if mark.kind is MarkKind.STAGE]
    shapes += [_line(mark.at_ns) for mark in stages] + [_line(end_ns)]
    remarks = [_remark(mark.at_ns, mark.text) for mark in stages]
    return {"shapes": shapes, "annotations": remarks}


def _shade(start_ns: int, end_ns: int) -> dict[str, Any]:
    ends = {"x0": seconds(start_ns), "x1": seconds(end_ns), "y0": 0, "y1": 1, "yref": "paper"}
    return {"type": "rect", **ends, "fillcolor": SOFT, "opacity": 0.15, "line": {"width": 0}}


def _line(at_ns: int) -> dict[str, Any]:
    ends = {"x0": seconds(at_ns), "x1": seconds(at_ns), "y0": 0, "y1": 1, "yref": "paper"}
    return {"type": "line", **ends, "line": {"color": WARM, "width": 1, "dash": "dot"}}


def _remark(at_ns: int, text: str) -> dict[str, Any]:
    place = {"x": seconds(at_ns), "y": 1, "yref": "paper", "xanchor": "left", "yanchor": "top", "textangle": 90}
    return {**place, "text": hover(text), "showarrow": False, "font": {"size": 10}}
