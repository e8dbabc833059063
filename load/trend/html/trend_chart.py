"""A subject over time: a mark a run, a colour and a shape a hardware label, a line where it changed."""

from collections.abc import Iterator, Sequence

from load.history.figure_label import FigureLabel
from load.metrics import Unit
from load.reports.html.chart import BAD, CALM, SOFT, STRONG, WARM, Chart, Trace, axis, hover, layout
from load.trend.change_point import ChangePoint
from load.trend.series import Subject, TrendPoint, Trust
from load.trend.trend import Trend
from load.trend.trend_text import amount_text, change_text, headline_text, subject_text, when_text
from load.trend.value_range import ValueRange
from load.value_text import value_text

__all__ = ["trend_chart"]

_COLOURS = (CALM, STRONG, WARM, BAD)
_SYMBOLS = ("circle", "square", "diamond", "triangle-up")
_MOST_DRAWN_AS_SHAPES = 2000
_LINE_PIXELS, _MARK_PIXELS = 15, 5
_SIGNS = ("●", "■", "◆", "▲")


def trend_chart(number: int, subject: Subject, trends: Sequence[Trend]) -> Chart:
    """The chart of one subject.

    Args:
        number: Names it in the page.
        subject: What is looked at.
        trends: One a hardware label.
    """
    label = FigureLabel.of(subject.figure)
    shown = ValueRange.of(trend.series for trend in trends)
    ticks = {"tickformat": ".3~p"} if label.unit is Unit.RATIO else {}
    changes = [(change, place) for place, trend in enumerate(trends) for change in trend.changes]
    return Chart(
        id=f"trend-{number}",
        title=f"{label.title[:1].upper()}{label.title[1:]}, {subject.scenario}",
        summary=f"{subject_text(subject)}: {headline_text(trends)}.",
        traces=tuple(trace for place, trend in enumerate(trends) for trace in _traces(trend, label, shown, place)),
        layout=layout(
            x=axis("", type="date"),
            y=axis(label.axis_unit, range=[shown.low, shown.high], **ticks),
            shapes=[_line(change) for change, _ in changes],
            annotations=[_amount(change, label, place, len(trends)) for change, place in changes],
            height=380,
            legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"},
            margin={"l": 8, "r": 8, "t": 12 + _LINE_PIXELS * len(trends), "b": 8},
        ),
    )


def _traces(trend: Trend, label: FigureLabel, shown: ValueRange, place: int) -> Iterator[Trace]:
    hardware, colour = trend.series.hardware, _COLOURS[place % len(_COLOURS)]
    symbol = _SYMBOLS[place % len(_SYMBOLS)]
    marker = {"color": colour, "symbol": symbol, "size": 7}
    hollow = {"color": colour, "symbol": f"{symbol}-open", "size": 7, "line": {"width": 1.5}}
    left_out = [point for point in trend.series.points if point.trust is not Trust.COUNTED]
    if trend.series.counted:
        yield _marks(trend.series.counted, trend, label, hardware, shown) | {"marker": marker}
        yield _levels(trend, colour)
    if left_out:
        yield _marks(left_out, trend, label, f"{hardware}, not counted", shown) | {"marker": hollow}


def _marks(points: Sequence[TrendPoint], trend: Trend, label: FigureLabel, name: str, shown: ValueRange) -> Trace:
    changes = {change.first_after.run_id: change for change in trend.changes}
    return {
        "type": "scattergl" if len(points) > _MOST_DRAWN_AS_SHAPES else "scatter",
        "mode": "markers",
        "name": hover(name),
        "legendgroup": name,
        "showlegend": True,
        "x": [_place(point) for point in points],
        "y": [shown.clipped(point.value) for point in points],
        "text": [_words(point, trend, label, changes.get(point.run_id)) for point in points],
        "hoverinfo": "text",
        "cliponaxis": False,
    }


def _words(point: TrendPoint, trend: Trend, label: FigureLabel, change: ChangePoint | None) -> str:
    return hover(
        f"{value_text(point.value, label.unit)} at {when_text(point.at)}",
        f"commit {point.commit}" if point.commit else "",
        f"run {point.run_id}",
        trend.series.hardware,
        "" if point.trust is Trust.COUNTED else f"{point.trust.value}, not counted",
        "" if change is None else f"first after a change of {amount_text(change)}",
    )


def _levels(trend: Trend, colour: str) -> Trace:
    ends = [(level, point) for level in trend.levels for point in (level.first, level.last, None)]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "median",
        "showlegend": False,
        "x": [None if point is None else _place(point) for _, point in ends],
        "y": [None if point is None else level.value for level, point in ends],
        "line": {"color": colour, "width": 2},
        "hoverinfo": "skip",
    }


def _line(change: ChangePoint) -> dict[str, object]:
    at = _place(change.first_after)
    line = {"color": SOFT, "width": 1.5, "dash": "dash"}
    return {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _amount(change: ChangePoint, label: FigureLabel, place: int, labels: int) -> dict[str, object]:
    # Labels that changed on one day stand above each other, each with its own sign.
    sign = f"{_SIGNS[place % len(_SIGNS)]} " if labels > 1 else ""
    where = {"x": _place(change.first_after), "y": 1, "yref": "paper", "xanchor": "center", "yanchor": "bottom"}
    return {
        **where,
        "yshift": _LINE_PIXELS * place + _MARK_PIXELS,
        "text": hover(f"{sign}{amount_text(change)}"),
        "hovertext": hover(change_text(change, label)),
        "font": {"size": 12},
        "showarrow": False,
    }


def _place(point: TrendPoint) -> str:
    # plotly.js takes dates without a zone as they are; all are in UTC.
    return point.at.partition("+")[0]
