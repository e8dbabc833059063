"""The figures of a run while it goes on: a slot of time each, computed once a row and cheap to ask for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.inter_preview_latency import INTER_PREVIEW_LATENCY
from load.metrics.stamp_lag import STAMP_LAG
from load.quantiles import nearest_rank
from load.stream_row import StreamRow

__all__ = ["LiveFigures"]

MOST_SLOTS = 240
"""When there are more, two become one: a day of load stays as many points as a minute."""

_NS_PER_SECOND = 1_000_000_000
_P50, _P95 = Fraction(50), Fraction(95)


@dataclass(slots=True)
class _Slot:
    """What was seen of the streams that ended in one slot of time."""

    firsts: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    longest_lag: float = 0.0
    finals: int = 0
    previews: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    def add(self, row: StreamRow) -> None:
        self.firsts += FIRST_PREVIEW.of(row)
        self.gaps += INTER_PREVIEW_LATENCY.of(row)
        self.longest_lag = max([self.longest_lag, *STAMP_LAG.of(row)])
        self.finals += row.final_ns is not None
        self.previews += len(row.preview_ns)
        if row.outcome.is_failure:
            self.failures[row.outcome.value] += 1

    def merge(self, other: "_Slot") -> None:
        self.firsts += other.firsts
        self.gaps += other.gaps
        self.longest_lag = max(self.longest_lag, other.longest_lag)
        self.finals += other.finals
        self.previews += other.previews
        self.failures += other.failures


class LiveFigures:
    """Takes rows as they end, and tells percentiles and rates over time.

    Attributes:
        streams: How many streams have ended.
    """

    def __init__(self) -> None:
        """Begin with slots of one second."""
        self.streams = 0
        self._slot_ns = _NS_PER_SECOND
        self._slots: dict[int, _Slot] = {}

    def add(self, rows: Iterable[StreamRow]) -> None:
        """Take rows in any order."""
        for row in rows:
            self.streams += 1
            self._slots.setdefault(row.end_ns // self._slot_ns, _Slot()).add(row)
            while len(self._slots) > MOST_SLOTS:
                self._widen()

    def document(self) -> dict[str, Any]:
        """Everything so far, of JSON's own types; None where a slot has no value."""
        slots = sorted(self._slots.items())
        width = self._slot_ns / _NS_PER_SECOND
        failures: Counter[str] = sum((slot.failures for _, slot in slots), Counter())
        return {
            "streams": self.streams,
            "finals": sum(slot.finals for _, slot in slots),
            "failures": dict(failures.most_common()),
            "slot_seconds": width,
            "at": [(number + 1) * width for number, _ in slots],
            "ttfp_p50": [_percentile(slot.firsts, _P50) for _, slot in slots],
            "ttfp_p95": [_percentile(slot.firsts, _P95) for _, slot in slots],
            "gap_p50": [_percentile(slot.gaps, _P50) for _, slot in slots],
            "gap_p95": [_percentile(slot.gaps, _P95) for _, slot in slots],
            "images_per_second": [slot.finals / width for _, slot in slots],
            "previews_per_second": [slot.previews / width for _, slot in slots],
            "failures_per_second": [slot.failures.total() / width for _, slot in slots],
            "longest_lag": [slot.longest_lag for _, slot in slots],
        }

    def _widen(self) -> None:
        self._slot_ns *= 2
        narrow, self._slots = self._slots, {}
        for number, slot in sorted(narrow.items()):
            self._slots.setdefault(number // 2, _Slot()).merge(slot)


def _percentile(values: list[float], share: Fraction) -> float | None:
    return nearest_rank(values, share) if values else None
