"""What a metric is: a name, a unit, a formula, and a pure function of instants."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from load.stream_row import StreamRow

__all__ = ["RateMetric", "StreamMetric", "Unit", "seconds_between", "window_seconds"]

_NS_PER_SECOND = 1_000_000_000


class Unit(Enum):
    """The unit a metric's values are in."""

    SECONDS = "s"
    PER_SECOND = "1/s"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMetric:
    """A metric that each stream has values of, and a run has a distribution of.

    Attributes:
        name: What objectives call it.
        title: What a table calls it.
        unit: The values' unit.
        formula: How a value is computed, in the field names of :class:`~load.stream_row.StreamRow`.
        source: Where the definition comes from.
        of: The values of one stream; none when it did not get that far.
    """

    name: str
    title: str
    unit: Unit
    formula: str
    source: str
    of: Callable[[StreamRow], tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateMetric:
    """A metric that only a whole run has.

    Attributes:
        name: What objectives call it.
        title: What a table calls it.
        unit: The value's unit.
        formula: How the value is computed.
        source: Where the definition comes from.
        of: The value of a run, or None when the run is empty.
    """

    name: str
    title: str
    unit: Unit
    formula: str
    source: str
    of: Callable[[Sequence[StreamRow]], float | None]


def seconds_between(start_ns: int, end_ns: int) -> float:
    """The time from one instant to another, in seconds."""
    return (end_ns - start_ns) / _NS_PER_SECOND


def window_seconds(rows: Sequence[StreamRow]) -> float:
    """From the first request to the end of the last stream, in seconds; 0 for no rows.

    The time in which the last streams drain is part of it, so a rate is never flattered.
    """
    if not rows:
        return 0.0
    return seconds_between(min(row.sent_ns for row in rows), max(row.end_ns for row in rows))
