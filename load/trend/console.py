"""Trends for a person at a terminal: each series with a line across it where it changed."""

from collections.abc import Iterator, Sequence
from itertools import compress

from rich.console import Console
from rich.text import Text

from load.history.figure_label import FigureLabel
from load.trend.change_point import ChangePoint
from load.trend.sensitivity import Sensitivity
from load.trend.series import TrendPoint, Trust
from load.trend.sparkline import sparkline
from load.trend.trend import Trend
from load.trend.trend_text import (
    change_text,
    commit_text,
    headline_text,
    runs_text,
    sensitivity_text,
    subject_text,
    when_text,
)
from load.value_text import value_text

__all__ = ["print_trends"]

_RUNS_AROUND_A_CHANGE = 3
_NEWEST_RUNS = 5


def print_trends(console: Console, trends: Sequence[Trend], sensitivity: Sensitivity) -> None:
    """Print each series: its shape, the runs around its changes and the newest, and what was looked for."""
    for trend in trends:
        for line in _lines(trend):
            console.print(line, highlight=False, soft_wrap=True)
        console.print()
    console.print(Text(f"{headline_text(trends)}. {sensitivity_text(sensitivity)}"), soft_wrap=True)


def _lines(trend: Trend) -> Iterator[Text]:
    series, label = trend.series, FigureLabel.of(trend.series.subject.figure)
    yield Text(f"{label.title} on {series.hardware}", style="bold")
    yield Text(f"{subject_text(series.subject)}: {runs_text(series)}")
    if series.counted:
        yield Text(sparkline([point.value for point in series.counted]))
    changes = {change.first_after.run_id: change for change in trend.changes}
    shown = _shown(series.points, changes)
    width = max(len(commit_text(point)) for point in compress(series.points, shown))
    left_out = 0
    for point, is_shown in zip(series.points, shown, strict=True):
        if not is_shown:
            left_out += 1
            continue
        if left_out:
            yield Text(f"  ... {left_out} more", style="dim")
        left_out = 0
        if (change := changes.get(point.run_id)) is not None:
            yield Text(f"  ---- {change_text(change, label)}", style="bold yellow")
        yield _row(point, label, width)


def _shown(points: Sequence[TrendPoint], changes: dict[str, ChangePoint]) -> list[bool]:
    shown = [place >= len(points) - _NEWEST_RUNS for place in range(len(points))]
    for place, point in enumerate(points):
        if point.run_id in changes:
            near = slice(max(0, place - _RUNS_AROUND_A_CHANGE), place + _RUNS_AROUND_A_CHANGE)
            shown[near] = [True] * len(shown[near])
    return shown


def _row(point: TrendPoint, label: FigureLabel, width: int) -> Text:
    value = value_text(point.value, label.unit)
    line = f"  {when_text(point.at)}  {commit_text(point):<{width}}  {value:>9}"
    return Text(line) if point.trust is Trust.COUNTED else Text(f"{line}  {point.trust.value}", style="dim")
