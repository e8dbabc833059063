"""Tail: from the last preview to the final."""

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.stream_row import StreamRow

__all__ = ["TAIL"]


def _tail(row: StreamRow) -> tuple[float, ...]:
    if row.final_ns is None or not row.preview_ns:
        return ()
    return (seconds_between(row.preview_ns[-1], row.final_ns),)


TAIL = StreamMetric(
    name="tail",
    title="tail",
    unit=Unit.SECONDS,
    formula="event_ns[pictures[-1]] - event_ns[pictures[-2]], for complete streams with a preview",
    source=("The full decode, encode and upload that follow the last denoising step, and that no preview has."),
    of=_tail,
)
