"""Send lag: how late the generator took a planned stream on."""

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.stream_row import StreamRow

__all__ = ["SEND_LAG"]


def _send_lag(row: StreamRow) -> tuple[float, ...]:
    return (seconds_between(row.planned_ns, row.started_ns),)


SEND_LAG = StreamMetric(
    name="send_lag",
    title="send lag",
    unit=Unit.SECONDS,
    formula="started_ns - planned_ns",
    source=(
        "What wrk2 corrects for (coordinated omission), shown by itself: AIPerf and GuideLLM call it dispatch "
        "delay. It is the generator's doing; where it is long, the plan was not kept."
    ),
    is_of_endpoint=False,
    of=_send_lag,
)
