"""Preview lead: how much of the wait the first preview takes away."""

from load.metrics.metric import StreamMetric, Unit
from load.stream_row import StreamRow

__all__ = ["PREVIEW_LEAD"]


def _preview_lead(row: StreamRow) -> tuple[float, ...]:
    if row.final_ns is None or row.final_ns <= row.planned_ns:
        return ()
    return (1 - (row.picture_ns[0] - row.planned_ns) / (row.final_ns - row.planned_ns),)


PREVIEW_LEAD = StreamMetric(
    name="preview_lead",
    title="preview lead",
    unit=Unit.RATIO,
    formula="1 - ttfp / time_to_final, for complete streams",
    source=(
        "How much earlier a person sees something than without previews: the reason why they exist. 0.8 means "
        "at a fifth of the time."
    ),
    of=_preview_lead,
)
