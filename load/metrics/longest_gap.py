"""Longest gap: the worst moment in which a stream seems to hang."""

from itertools import pairwise

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.stream_row import StreamRow

__all__ = ["LONGEST_GAP"]


def _longest_gap_seconds(row: StreamRow) -> tuple[float, ...]:
    if not row.event_ns:
        return ()
    instants_ns = (*row.event_ns, row.end_ns)
    return (max(seconds_between(earlier, later) for earlier, later in pairwise(instants_ns)),)


LONGEST_GAP = StreamMetric(
    name="longest_gap",
    title="longest gap",
    unit=Unit.SECONDS,
    formula="max(event_ns[k] - event_ns[k - 1], end_ns - event_ns[-1]), one value a stream",
    source=(
        "The longest stall of video players. It starts with the first event, since the wait before is ttfp's, and "
        "runs to the end of the body, which readers that iterate over a stream wait for."
    ),
    of=_longest_gap_seconds,
)
