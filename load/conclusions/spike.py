"""How bad a spike was, and how long the endpoint needed to recover."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from load.conclusions.phrases import interval, median_of, seconds
from load.estimate import Estimate
from load.metrics.first_preview import FIRST_PREVIEW
from load.quantiles import nearest_rank
from load.run import MarkKind, Run
from load.stream_row import StreamRow

__all__ = ["conclude", "recovery_seconds"]

_USUAL = Fraction(95)
_MEDIAN = Fraction(50)
_RUN_OF_STREAMS = 5
_NS_PER_SECOND = 1e9


def conclude(run: Run) -> tuple[str, ...]:
    """The time to first preview before and in the spike, and when it was as before again."""
    stages = _stages(run)
    if len(stages) < 3:
        return ("the spike: the run ended before it had been and gone",)
    before, spike, after = (median_of(FIRST_PREVIEW, rows) for rows in stages[:3])
    if before is None or spike is None or after is None:
        return ("the spike: too few streams to say, it takes five before, in and after it",)
    return _how_bad(before, spike), _how_long(stages, _edges(run)[2])


def recovery_seconds(before: Sequence[StreamRow], after: Sequence[StreamRow], spike_end_ns: int) -> float | None:
    """How long after the spike streams began to be as before, in seconds; None when they were not by the end.

    As before: the median of five streams in a row, by when they were due, is not above what 95 % of those before
    the spike stayed within. Streams that failed are as bad as any.
    """
    usual = nearest_rank([value for row in before for value in FIRST_PREVIEW.of(row)], _USUAL)
    ordered = sorted(after, key=lambda row: row.planned_ns)
    values = [_ttfp(row) for row in ordered]
    for index in range(len(ordered) - _RUN_OF_STREAMS + 1):
        if nearest_rank(values[index : index + _RUN_OF_STREAMS], _MEDIAN) <= usual:
            return max(0.0, (ordered[index].planned_ns - spike_end_ns) / _NS_PER_SECOND)
    return None


def _how_bad(before: Estimate, spike: Estimate) -> str:
    words = f"{seconds(before.value)} before ({interval(before)}), {seconds(spike.value)} in it ({interval(spike)})"
    is_worse = spike.low is not None and before.high is not None and spike.low > before.high
    if not is_worse:
        return f"the spike did nothing to the time to first preview that could be told from scatter: {words}"
    return f"the spike made the time to first preview {spike.value / before.value:.3g} times as long: {words}"


def _how_long(stages: list[list[StreamRow]], spike_end_ns: int) -> str:
    took = recovery_seconds(stages[0], stages[2], spike_end_ns)
    if took is None:
        return "the endpoint had not recovered when the run ended"
    return f"the endpoint had recovered {seconds(took)} after the spike"


def _ttfp(row: StreamRow) -> float:
    return min(FIRST_PREVIEW.of(row), default=float("inf"))


def _edges(run: Run) -> list[int]:
    return [mark.at_ns for mark in run.marks if mark.kind is MarkKind.STAGE]


def _stages(run: Run) -> list[list[StreamRow]]:
    return [
        [row for row in run.measured if start_ns <= row.planned_ns < end_ns]
        for start_ns, end_ns in pairwise([*_edges(run), run.window_ns[1]])
    ]
