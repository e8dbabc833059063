"""The page of a trend."""

from collections.abc import Sequence
from functools import cache

from jinja2 import Template

from load.history.figure_label import FigureLabel
from load.reports.html.self_contained import environment, self_contained
from load.trend.html.trend_chart import trend_chart
from load.trend.sensitivity import Sensitivity
from load.trend.trend import Trend, by_subject
from load.trend.trend_text import (
    amount_text,
    between_text,
    chance_text,
    headline_text,
    runs_text,
    sensitivity_text,
    subject_text,
    when_text,
)
from load.value_text import value_text

__all__ = ["render"]


def render(trends: Sequence[Trend], sensitivity: Sensitivity) -> str:
    """The trends as one HTML file that loads nothing."""
    charts = [
        trend_chart(number, subject, of_subject)
        for number, (subject, of_subject) in enumerate(by_subject(trends).items())
    ]
    return self_contained(
        _template(),
        tone="",
        headline=f"{headline_text(trends)}".capitalize(),
        trends=trends,
        charts=charts,
        sensitivity=sensitivity_text(sensitivity),
    )


@cache
def _template() -> Template:
    templates = environment("load.trend.html")
    templates.globals.update(
        amount_text=amount_text,
        between_text=between_text,
        chance_text=chance_text,
        label_of=FigureLabel.of,
        runs_text=runs_text,
        subject_text=subject_text,
        value_text=value_text,
        when_text=when_text,
    )
    return templates.get_template("trend.html.jinja")
