"""One stage of the search for the knee: which of its streams count, and when there are enough of them."""

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from load.goodput import StreamLimit, is_good
from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.metric import Unit
from load.metrics.time_to_final import TIME_TO_FINAL
from load.quantiles import nearest_rank
from load.stream_row import Outcome, StreamRow
from load.workload.knee_search import Tally

__all__ = ["SOLO_FACTOR", "KneeStage", "limits_from_solo", "limits_in_words"]

SOLO_FACTOR = 2.0
"""Without objectives a stream is good when it takes at most so many times what one user alone sees."""

_MEDIAN = Fraction(50)
_MOST_STAGES = 8
_SIGNS: dict[Callable[[Any, Any], Any], str] = {
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KneeStage:
    """A while with one number of users.

    Attributes:
        users: How many there are.
        began_ns: When it began, since the start of the run.
        is_continued: Whether the stage before had as many users.
        least_ns: The shortest time it takes.
        least_streams: The fewest streams that count.
    """

    users: int
    began_ns: int
    is_continued: bool
    least_ns: int
    least_streams: int

    def counted(self, rows: Iterable[StreamRow]) -> list[StreamRow]:
        """The streams that tell of this load.

        The first stream of each user is left out: it may have begun while the others were still being started, or
        while those of the stage before were on their way.
        """
        own = [row for row in rows if row.planned_ns >= self.began_ns and row.outcome is not Outcome.CUT_SHORT]
        own.sort(key=lambda row: row.end_ns)
        return own if self.is_continued else own[self.users :]

    def is_over(self, now_ns: int, rows: Iterable[StreamRow]) -> bool:
        """Whether it has lasted long enough, and shown enough streams; an endpoint that hangs ends it all the same."""
        lasted_ns = now_ns - self.began_ns
        if lasted_ns < self.least_ns:
            return False
        is_enough = len(self.counted(rows)) >= max(self.least_streams, self.users)
        return is_enough or lasted_ns >= _MOST_STAGES * self.least_ns

    def tally(self, rows: Iterable[StreamRow], limits: Sequence[StreamLimit]) -> Tally:
        """How many of its streams met the limits."""
        counted = self.counted(rows)
        return Tally(good=sum(is_good(row, limits) for row in counted), ended=len(counted))


def limits_from_solo(rows: Sequence[StreamRow]) -> tuple[StreamLimit, ...]:
    """Twice the median that one user sees alone, for the first preview and for the final; none without streams.

    Source: serving benchmarks for diffusion take three times the solo time (vllm-omni #529); of two a person says
    that it is slow today.
    """
    limits = []
    for metric in (FIRST_PREVIEW, TIME_TO_FINAL):
        values = [value for row in rows for value in metric.of(row)]
        if values:
            limit = SOLO_FACTOR * nearest_rank(values, _MEDIAN)
            limits.append(StreamLimit(metric=metric, sign=operator.le, limit=limit))
    return tuple(limits)


def limits_in_words(limits: Iterable[StreamLimit]) -> str:
    """Such as ``ttfp <= 1.2 s and time_to_final <= 6 s``."""
    return " and ".join(map(_in_words, limits))


def _in_words(limit: StreamLimit) -> str:
    unit = " s" if limit.metric.unit is Unit.SECONDS else ""
    return f"{limit.metric.name} {_SIGNS[limit.sign]} {limit.limit:.4g}{unit}"
