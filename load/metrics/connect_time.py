"""Time to connect: what opening the connection takes, where one is opened."""

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.stream_row import StreamRow

__all__ = ["CONNECT_TIME"]


def _connect_time(row: StreamRow) -> tuple[float, ...]:
    return () if row.head_ns is None else (seconds_between(row.started_ns, row.sent_ns),)


CONNECT_TIME = StreamMetric(
    name="connect_time",
    title="time to connect",
    unit=Unit.SECONDS,
    formula="sent_ns - started_ns",
    source=(
        "Connection, TLS handshake and the wait for both; next to nothing on a connection that is used again. "
        "Part of every time that counts from the planned instant, since a user waits for it too."
    ),
    of=_connect_time,
)
