"""A chart: traces and layout as plotly.js takes them, and what it shows in words for who does not see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, TypeVar

__all__ = ["BAD", "CALM", "SOFT", "STRONG", "WARM", "Chart", "Trace", "axis", "hover", "layout", "seconds", "thinned"]

Trace = dict[str, Any]

# At least 3:1 against the page in light and in dark (WCAG 2.2, 1.4.11).
CALM, STRONG, SOFT, BAD, WARM = "#2f7fd1", "#1a8f5a", "#7d8590", "#d9433f", "#b7791f"

_T = TypeVar("_T")
_NS_PER_SECOND = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart.

    Attributes:
        id: Names it in the page.
        title: What it is of.
        summary: What it shows, in words.
        traces: Its data.
        layout: Its axes and shapes; colours of text and grid are the page's.
    """

    id: str
    title: str
    summary: str
    traces: tuple[Trace, ...]
    layout: dict[str, Any]

    @property
    def figure(self) -> dict[str, Any]:
        """What plotly.js draws."""
        return {"data": list(self.traces), "layout": self.layout}


def seconds(instant_ns: int) -> float:
    """An instant of the run as charts show it."""
    return round(instant_ns / _NS_PER_SECOND, 4)


def thinned(values: Sequence[_T], most: int) -> Sequence[_T]:
    """At most so many of the values, evenly picked, the first among them."""
    if len(values) <= most:
        return values
    return [values[index * len(values) // most] for index in range(most)]


def hover(*lines: str) -> str:
    """Lines for a label, where plotly.js reads some markup and formulas: whatever is in them is text."""
    return "<br>".join(escape(line, quote=False).replace("$", "&#36;") for line in lines if line)


def axis(title: str, **settings: Any) -> dict[str, Any]:
    """An axis with a title, for which plotly finds the room."""
    return {"title": {"text": title, "standoff": 8}, "automargin": True, "zeroline": False, **settings}


def layout(*, x: dict[str, Any], y: dict[str, Any], height: int = 340, **settings: Any) -> dict[str, Any]:
    """A layout in the page's manner: its own background, the legend below."""
    return {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "closest",
        "dragmode": "zoom",
        "legend": {"orientation": "h", "x": 0, "y": -0.25, "yanchor": "top"},
        "xaxis": x,
        "yaxis": y,
        **settings,
    }
