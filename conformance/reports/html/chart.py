"""A chart: a figure as plotly.js takes it, and what it shows in words for who does not see it.

The figures are plain data. plotly's own classes would check them at every run and take a third of a second to import;
a test has them check every figure that these modules make.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from conformance.reports.escaping import printable

__all__ = ["BAD", "CALM", "LIMIT", "STRONG", "WEAK", "Chart", "Trace", "axis", "hover", "layout"]

Trace = dict[str, Any]
"""One trace of a figure, as plotly.js documents it."""

# Each is at least 3:1 against the page in light and in dark (WCAG 2.2, 1.4.11), and no two differ in hue alone: where
# they meet in one chart their marks have other shapes.
CALM = "#2f7fd1"
STRONG = "#1a8f5a"
WEAK = "#7d8590"
BAD = "#d9433f"
LIMIT = "#b7791f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart.

    Attributes:
        id: Names it in the page.
        title: What it is of.
        summary: What it shows, in words, for who does not see it.
        caption: What is said below it.
        traces: Its data.
        layout: Its axes, shapes and remarks; colours of text and grid are the page's.
    """

    id: str
    title: str
    summary: str
    caption: str
    traces: tuple[Trace, ...]
    layout: dict[str, Any]

    @property
    def figure(self) -> dict[str, Any]:
        """What plotly.js draws."""
        return {"data": list(self.traces), "layout": self.layout}


def hover(*lines: str) -> str:
    """Lines for a hover label, where plotly.js reads some markup: whatever is in them is text."""
    return "<br>".join(escape(printable(line), quote=False) for line in lines if line)


def axis(title: str, **settings: Any) -> dict[str, Any]:
    """An axis with a title; a phone has no room for what a title and ticks need beside it, so plotly finds the room."""
    return {
        "title": {"text": title, "standoff": 8},
        "automargin": True,
        "zeroline": False,
        "fixedrange": True,
        **settings,
    }


def layout(
    *, height: int, x: dict[str, Any], y: dict[str, Any], shapes: Sequence[dict[str, Any]] = (), **settings: Any
) -> dict[str, Any]:
    """A layout in the page's manner: its own background, the legend below."""
    return {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
        "dragmode": False,
        "legend": {"orientation": "h", "x": 0, "y": -0.25, "yanchor": "top"},
        "xaxis": x,
        "yaxis": y,
        "shapes": list(shapes),
        **settings,
    }
