"""Previews per image: how many a person sees before the final."""

from load.metrics.metric import StreamMetric, Unit
from load.stream_row import StreamRow

__all__ = ["PREVIEWS_PER_IMAGE"]


def _previews_per_image(row: StreamRow) -> tuple[float, ...]:
    return () if row.final_ns is None else (float(len(row.preview_ns)),)


PREVIEWS_PER_IMAGE = StreamMetric(
    name="previews_per_image",
    title="previews per image",
    unit=Unit.COUNT,
    formula="len(pictures) - 1, for complete streams",
    source=("Output length, for pictures: what a person gets to see, and what a change of throttling changes."),
    of=_previews_per_image,
)
