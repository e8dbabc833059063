"""Inter-preview latency: the pace at which a picture grows."""

from itertools import pairwise

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.stream_row import StreamRow

__all__ = ["INTER_PREVIEW_LATENCY"]


def _inter_preview_seconds(row: StreamRow) -> tuple[float, ...]:
    return tuple(seconds_between(earlier, later) for earlier, later in pairwise(row.preview_ns))


INTER_PREVIEW_LATENCY = StreamMetric(
    name="inter_preview_latency",
    title="inter-preview latency",
    unit=Unit.SECONDS,
    formula="preview_ns[k] - preview_ns[k - 1], every gap of every stream pooled, the final excluded",
    source=(
        "Inter-token latency, for pictures. The final is excluded because a full decode and encode precede it, "
        "which no preview has; the longest gap covers it."
    ),
    of=_inter_preview_seconds,
)
