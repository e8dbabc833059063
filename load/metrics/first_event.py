"""Time to first event: the first sign of life in the stream."""

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.stream_row import StreamRow

__all__ = ["FIRST_EVENT"]


def _first_event(row: StreamRow) -> tuple[float, ...]:
    return tuple(seconds_between(row.planned_ns, at_ns) for at_ns in row.event_ns[:1])


FIRST_EVENT = StreamMetric(
    name="first_event",
    title="time to first event",
    unit=Unit.SECONDS,
    formula="event_ns[0] - planned_ns",
    source=(
        "The first server-sent event of any kind, progress and queue positions included (WHATWG HTML, section 9.2)."
    ),
    of=_first_event,
)
