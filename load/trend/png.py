"""Trends as a picture, for places that show pictures and no pages."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import PercentFormatter

from load.errors import UsageError
from load.history.figure_label import FigureLabel
from load.metrics import Unit
from load.trend.sensitivity import Sensitivity
from load.trend.series import Subject, TrendPoint, Trust
from load.trend.trend import Trend, by_subject
from load.trend.trend_text import amount_text, subject_text
from load.trend.value_range import ValueRange

__all__ = ["render"]

_COLOURS = ("#2f7fd1", "#1a8f5a", "#b7791f", "#d9433f")
_SYMBOLS = ("o", "s", "D", "^")
_WIDTH_INCHES, _CHART_INCHES = 10.0, 3.6
_DOTS_PER_INCH = 100
_LINE_POINTS = 11
_MOST_CHARTS = 40
_SECONDS_PER_DAY = 86_400


def render(trends: Sequence[Trend], _sensitivity: Sensitivity) -> bytes:
    """The trends as a PNG: a chart a subject, one below the other.

    Raises:
        UsageError: There are more charts than a picture has room for.
    """
    charts = by_subject(trends)
    if len(charts) > _MOST_CHARTS:
        raise UsageError(f"a picture holds {_MOST_CHARTS} charts, not {len(charts)}: choose a metric or a scenario")
    size = (_WIDTH_INCHES, _CHART_INCHES * len(charts))
    figure = Figure(figsize=size, dpi=_DOTS_PER_INCH, layout="constrained")
    for place, (subject, of_subject) in enumerate(charts.items(), start=1):
        _draw(figure.add_subplot(len(charts), 1, place), subject, of_subject)
    for text in figure.findobj(Text):
        # A dollar in somebody's label is a dollar, and begins no formula.
        text.set_parse_math(False)
    picture = BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _draw(axes: Axes, subject: Subject, trends: Sequence[Trend]) -> None:
    label = FigureLabel.of(subject.figure)
    shown = ValueRange.of(trend.series for trend in trends)
    axes.set_title(
        f"{label.title}, {subject_text(subject)}",
        loc="left",
        fontsize=11,
        pad=8 + _LINE_POINTS * len(trends),
        wrap=True,
    )
    axes.xaxis_date("UTC")
    axes.set_ylabel(label.axis_unit)
    if label.unit is Unit.RATIO:
        axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(visible=True, color="#dbe1e7", linewidth=0.8)
    axes.set_axisbelow(True)
    for place, trend in enumerate(trends):
        _draw_series(axes, trend, shown, place)
    axes.set_ylim(shown.low, shown.high)
    axes.tick_params(labelsize=8)
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.09), ncols=4, fontsize=8, frameon=False)
    axes.annotate("UTC", xy=(1, -0.09), xycoords="axes fraction", ha="right", va="top", fontsize=8)


def _draw_series(axes: Axes, trend: Trend, shown: ValueRange, place: int) -> None:
    colour, symbol = _COLOURS[place % len(_COLOURS)], _SYMBOLS[place % len(_SYMBOLS)]
    hardware = trend.series.hardware
    left_out = [point for point in trend.series.points if point.trust is not Trust.COUNTED]
    _marks(axes, trend.series.counted, shown, label=hardware, color=colour, marker=symbol)
    hollow = {"facecolors": "none", "edgecolors": colour, "marker": symbol}
    _marks(axes, left_out, shown, label=f"{hardware}, not counted", **hollow)
    for level in trend.levels:
        axes.plot([_instant(level.first), _instant(level.last)], [level.value] * 2, color=colour, linewidth=1.6)
    for change in trend.changes:
        at = _instant(change.first_after)
        axes.axvline(at, color="#566270", linewidth=1, linestyle="--")
        axes.annotate(
            amount_text(change),
            xy=(at, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 5 + _LINE_POINTS * place),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            color=colour,
            fontweight="bold",
        )


def _marks(axes: Axes, points: Sequence[TrendPoint], shown: ValueRange, **style: Any) -> None:
    if points:
        heights = [shown.clipped(point.value) for point in points]
        axes.scatter([_instant(point) for point in points], heights, s=22, clip_on=False, **style)


def _instant(point: TrendPoint) -> float:
    # In days, which is what an axis of dates counts in.
    return datetime.fromisoformat(point.at).timestamp() / _SECONDS_PER_DAY
