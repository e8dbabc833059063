"""Time to final: how long until the finished picture is there."""

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.stream_row import StreamRow

__all__ = ["TIME_TO_FINAL"]


def _time_to_final(row: StreamRow) -> tuple[float, ...]:
    return () if row.final_ns is None else (seconds_between(row.planned_ns, row.final_ns),)


TIME_TO_FINAL = StreamMetric(
    name="time_to_final",
    title="time to final",
    unit=Unit.SECONDS,
    formula="event_ns[pictures[-1]] - planned_ns, for complete streams",
    source=("End-to-end latency. fal marks a final only by its place: the last picture (docs.fal.ai, Streaming)."),
    of=_time_to_final,
)
