"""Previews per second: how many previews the endpoint sends to all users together."""

from collections.abc import Sequence

from load.metrics.metric import RateMetric, Unit, window_seconds
from load.stream_row import StreamRow

__all__ = ["PREVIEWS_PER_SECOND"]


def _previews_per_second(rows: Sequence[StreamRow]) -> float | None:
    window = window_seconds(rows)
    return sum(len(row.preview_ns) for row in rows) / window if window else None


PREVIEWS_PER_SECOND = RateMetric(
    name="previews_per_second",
    title="previews per second",
    unit=Unit.PER_SECOND,
    formula="count(preview_ns of all streams) / (max(end_ns) - min(sent_ns))",
    source="Output tokens per second, for pictures; finals are counted by images_per_second.",
    of=_previews_per_second,
)
