"""Bytes per preview: how large one is."""

from load.metrics.metric import StreamMetric, Unit
from load.stream_row import StreamRow

__all__ = ["BYTES_PER_PREVIEW"]


def _bytes_per_preview(row: StreamRow) -> tuple[float, ...]:
    return tuple(map(float, row.picture_bytes[: len(row.preview_ns)]))


BYTES_PER_PREVIEW = StreamMetric(
    name="bytes_per_preview",
    title="bytes per preview",
    unit=Unit.BYTES,
    formula="picture_bytes of every picture but the final, pooled",
    source=("The data of an event, base64 included. Larger previews take longer to make, to send and to read."),
    of=_bytes_per_preview,
)
