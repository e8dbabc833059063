"""Trends as JSON, for other programs."""

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from load.history.figure_label import FigureLabel
from load.trend.change_point import ChangePoint
from load.trend.sensitivity import Sensitivity
from load.trend.trend import Trend

__all__ = ["FORMAT", "VERSION", "document", "render"]

FORMAT = "fal-stream-trend"
VERSION = 1


def render(trends: Sequence[Trend], sensitivity: Sensitivity) -> str:
    """The document as text."""
    return json.dumps(document(trends, sensitivity), indent=2) + "\n"


def document(trends: Sequence[Trend], sensitivity: Sensitivity) -> dict[str, Any]:
    """The document, of JSON's own types. Values are in the unit that stands beside them."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "sensitivity": msgspec.to_builtins(sensitivity),
        "series": [_series(trend) for trend in trends],
    }


def _series(trend: Trend) -> dict[str, Any]:
    label = FigureLabel.of(trend.series.subject.figure)
    return {
        **msgspec.to_builtins(trend.series.subject),
        "title": label.title,
        "unit": label.unit.value,
        "hardware": trend.series.hardware,
        "points": [msgspec.to_builtins(point) for point in trend.series.points],
        "changes": [_change(change) for change in trend.changes],
    }


def _change(change: ChangePoint) -> dict[str, Any]:
    return {
        "at": change.at,
        "last_before": msgspec.to_builtins(change.last_before),
        "first_after": msgspec.to_builtins(change.first_after),
        "before": change.before,
        "after": change.after,
        "relative_change": change.relative_change,
        "p_value": change.p_value,
    }
