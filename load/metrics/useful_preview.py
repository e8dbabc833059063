"""Time to useful preview: when the picture first looks like the one it becomes."""

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.stream_row import StreamRow

__all__ = ["USEFUL_PREVIEW"]


_LIKE_ENOUGH = 0.8


def _useful_preview(row: StreamRow) -> tuple[float, ...]:
    like = (at_ns for at_ns, share in zip(row.picture_ns, row.similarity, strict=False) if share >= _LIKE_ENOUGH)
    at_ns = next(like, None)
    return () if at_ns is None else (seconds_between(row.planned_ns, at_ns),)


USEFUL_PREVIEW = StreamMetric(
    name="useful_preview",
    title="time to useful preview",
    unit=Unit.SECONDS,
    formula="event_ns[pictures[k]] - planned_ns, for the first k with similarity[k] >= 0.8",
    source=(
        "A server can be quick with noise. Streams whose pictures were looked at are compared with their own "
        "final; the share of one in n that is looked at is drawn beforehand."
    ),
    of=_useful_preview,
)
