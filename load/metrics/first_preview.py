"""Time to first preview: how long a person looks at nothing."""

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.stream_row import StreamRow

__all__ = ["FIRST_PREVIEW"]


def _first_preview(row: StreamRow) -> tuple[float, ...]:
    return tuple(seconds_between(row.planned_ns, at_ns) for at_ns in row.picture_ns[:1])


FIRST_PREVIEW = StreamMetric(
    name="ttfp",
    title="time to first preview",
    unit=Unit.SECONDS,
    formula="event_ns[pictures[0]] - planned_ns",
    source=(
        "Time to first token, for pictures. Only events that carry content count, as in AIPerf's TTFT; "
        "response heads and progress events do not. It counts from the planned instant, so a slow endpoint "
        "cannot hide behind requests that were not sent."
    ),
    of=_first_preview,
)
