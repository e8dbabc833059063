"""Stalled share: how much of a stream's time it seemed to hang."""

from itertools import pairwise
from statistics import median

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.stream_row import StreamRow

__all__ = ["STALLED_SHARE"]


_SHORTEST_STALL_SECONDS = 0.25
_TIMES_MEDIAN = 3


def _stalled_share(row: StreamRow) -> tuple[float, ...]:
    gaps = [seconds_between(earlier, later) for earlier, later in pairwise(row.preview_ns)]
    if not gaps or not sum(gaps):
        return ()
    shortest = max(_SHORTEST_STALL_SECONDS, _TIMES_MEDIAN * median(gaps))
    return (sum(gap for gap in gaps if gap > shortest) / sum(gaps),)


STALLED_SHARE = StreamMetric(
    name="stalled_share",
    title="stalled share",
    unit=Unit.RATIO,
    formula="sum of the gaps between pictures longer than max(0.25 s, 3 * median gap) / (last picture - first picture)",
    source=(
        "Rebuffering ratio, as video players count it; 250 ms is what a person notices as a pause, and three "
        "times a stream's own pace keeps slow but even streams clean."
    ),
    of=_stalled_share,
)
