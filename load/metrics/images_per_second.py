"""Images per second: how many finished pictures the endpoint makes."""

from collections.abc import Sequence

from load.metrics.metric import RateMetric, Unit, window_seconds
from load.stream_row import StreamRow

__all__ = ["IMAGES_PER_SECOND"]


def _images_per_second(rows: Sequence[StreamRow]) -> float | None:
    window = window_seconds(rows)
    return sum(row.final_ns is not None for row in rows) / window if window else None


IMAGES_PER_SECOND = RateMetric(
    name="images_per_second",
    title="images per second",
    unit=Unit.PER_SECOND,
    formula="count(complete streams) / (max(end_ns) - min(sent_ns))",
    source="Request throughput as inference benchmarks define it, counted over streams that delivered a final.",
    of=_images_per_second,
)
