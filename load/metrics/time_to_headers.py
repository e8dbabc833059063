"""Time to headers: when the response head was in."""

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.stream_row import StreamRow

__all__ = ["TIME_TO_HEADERS"]


def _time_to_headers(row: StreamRow) -> tuple[float, ...]:
    return () if row.head_ns is None else (seconds_between(row.planned_ns, row.head_ns),)


TIME_TO_HEADERS = StreamMetric(
    name="time_to_headers",
    title="time to headers",
    unit=Unit.SECONDS,
    formula="head_ns - planned_ns",
    source=(
        "Time to first byte, which many tools report for a stream. Servers send a head before they have "
        "anything to show, so it is never the time to first preview."
    ),
    of=_time_to_headers,
)
