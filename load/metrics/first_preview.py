"""Time to first preview: how long a person looks at nothing."""

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.stream_row import StreamRow

__all__ = ["FIRST_PREVIEW"]


def _first_preview_seconds(row: StreamRow) -> tuple[float, ...]:
    return tuple(seconds_between(row.sent_ns, at_ns) for at_ns in row.picture_ns[:1])


FIRST_PREVIEW = StreamMetric(
    name="ttfp",
    title="time to first preview",
    unit=Unit.SECONDS,
    formula="event_ns[pictures[0]] - sent_ns",
    source=(
        "Time to first token, for pictures. Only events that carry content count, as in AIPerf's TTFT; response "
        "heads and progress events do not."
    ),
    of=_first_preview_seconds,
)
