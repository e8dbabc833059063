"""Stamp lag: how long an event had been in this machine before the reader saw it."""

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.stream_row import StreamRow

__all__ = ["STAMP_LAG"]


def _stamp_lag(row: StreamRow) -> tuple[float, ...]:
    return tuple(seconds_between(*pair) for pair in zip(row.kernel_ns, row.event_ns, strict=False))


STAMP_LAG = StreamMetric(
    name="stamp_lag",
    title="stamp lag",
    unit=Unit.SECONDS,
    formula="event_ns[k] - kernel_ns[k], every event of every stream pooled",
    source=(
        "The kernel says when it received a packet (SO_TIMESTAMPNS, socket(7)); what passes until the reader "
        "has stamped the event is the generator's own error."
    ),
    is_of_endpoint=False,
    of=_stamp_lag,
)
