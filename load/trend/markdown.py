"""Trends for a pull request: a line a series, and every change with its commits."""

from collections.abc import Iterator, Sequence

from load.history.figure_label import FigureLabel
from load.reports.markdown_text import escaped
from load.trend.sensitivity import Sensitivity
from load.trend.sparkline import sparkline
from load.trend.trend import Trend
from load.trend.trend_text import change_text, headline_text, runs_text, sensitivity_text, subject_text
from load.value_text import value_text

__all__ = ["render"]

_MOST_BLOCKS = 24


def render(trends: Sequence[Trend], sensitivity: Sensitivity) -> str:
    """The trends as GitHub's Markdown."""
    return "\n".join(_lines(trends, sensitivity)) + "\n"


def _lines(trends: Sequence[Trend], sensitivity: Sensitivity) -> Iterator[str]:
    yield from (f"### Trend: {headline_text(trends)}", "")
    yield from ("| figure | hardware | runs | level now | oldest to newest |", "| --- | --- | --- | --: | --- |")
    yield from map(_row, trends)
    if any(trend.changes for trend in trends):
        yield from ("", *(line for trend in trends for line in _change_lines(trend)))
    yield from ("", sensitivity_text(sensitivity))


def _row(trend: Trend) -> str:
    series, label = trend.series, FigureLabel.of(trend.series.subject.figure)
    now = value_text(trend.levels[-1].value, label.unit) if trend.levels else ""
    blocks = sparkline([point.value for point in series.counted], most=_MOST_BLOCKS)
    name = f"{escaped(label.title)}, {escaped(subject_text(series.subject))}"
    return f"| {name} | {escaped(series.hardware)} | {runs_text(series)} | {now} | {blocks} |"


def _change_lines(trend: Trend) -> Iterator[str]:
    label = FigureLabel.of(trend.series.subject.figure)
    for change in trend.changes:
        yield f"- {escaped(f'{label.title} on {trend.series.hardware}')}: {escaped(change_text(change, label))}"
