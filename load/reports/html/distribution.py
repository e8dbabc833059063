"""What share of streams took how long at the most."""

from fractions import Fraction

from load.metrics import StreamMetric
from load.reports.html.chart import CALM, STRONG, WARM, Chart, Trace, axis, hover, layout, thinned
from load.run import Run
from load.summary import stream_figures
from load.value_text import percentile_text, value_text

__all__ = ["distribution"]

_MOST_POINTS = 2000
_EDGE = 1.05
_SHOWN = (Fraction(50), Fraction(95))
_COLOURS = (STRONG, WARM, CALM)


def distribution(run: Run, metric: StreamMetric) -> Chart | None:
    """A rising line, one a group; None where no measured stream has a value."""
    figures = next((one for one in stream_figures(run.measured) if one.metric is metric), None)
    if figures is None:
        return None
    groups = sorted({row.group for row in run.measured if metric.of(row)})
    percentiles = ", ".join(f"p{share} {percentile_text(figures, share)}" for share in _SHOWN)
    return Chart(
        id=f"distribution-{metric.name}",
        title=f"Distribution of {metric.title}",
        summary=f"{figures.streams} streams: {percentiles}, at most {value_text(figures.largest, metric.unit)}.",
        traces=tuple(_trace(run, metric, group, place) for place, group in enumerate(groups)),
        layout=layout(
            x=axis(f"{metric.title}, {metric.unit.value}", range=[0, _EDGE * figures.largest or 1]),
            y=axis("share of values", range=[0, 1.02], tickformat=".0%"),
            shapes=[_level(float(share / 100)) for share in _SHOWN],
            annotations=[_level_name(share) for share in _SHOWN],
        ),
    )


def _trace(run: Run, metric: StreamMetric, group: str, place: int) -> Trace:
    values = sorted(value for row in run.measured if row.group == group for value in metric.of(row))
    points = thinned([(value, (rank + 1) / len(values)) for rank, value in enumerate(values)], _MOST_POINTS)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": group or "all streams",
        "line": {"shape": "hv", "color": _COLOURS[(place + 2) % len(_COLOURS)], "width": 2},
        "x": [round(value, 5) for value, _ in points],
        "y": [round(share, 5) for _, share in points],
        "text": [hover(f"{share:.1%} within {value_text(value, metric.unit)}") for value, share in points],
        "hoverinfo": "text",
    }


def _level(share: float) -> dict[str, object]:
    line = {"color": WARM, "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": share, "y1": share, "line": line}


def _level_name(share: Fraction) -> dict[str, object]:
    place = {"xref": "paper", "x": 0, "xanchor": "left", "y": float(share / 100), "yanchor": "bottom"}
    return {**place, "text": f"p{share}", "showarrow": False, "font": {"size": 11}}
