"""Bytes per image: what one picture costs to send, previews included."""

from load.metrics.metric import StreamMetric, Unit
from load.stream_row import StreamRow

__all__ = ["BYTES_PER_IMAGE"]


def _bytes_per_image(row: StreamRow) -> tuple[float, ...]:
    return () if row.final_ns is None else (float(row.body_bytes),)


BYTES_PER_IMAGE = StreamMetric(
    name="bytes_per_image",
    title="bytes per image",
    unit=Unit.BYTES,
    formula="body_bytes, for complete streams",
    source=(
        "Everything that one picture sends over the wire, base64 and framing included: what a phone on a "
        "train downloads."
    ),
    of=_bytes_per_image,
)
