"""What a metric is: a name, a unit, a formula, and a pure function of instants."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from load.estimate import Estimate
from load.run import Run
from load.stream_row import StreamRow

__all__ = ["RunMetric", "StreamMetric", "Unit", "seconds_between"]

_NS_PER_SECOND = 1_000_000_000


class Unit(Enum):
    """The unit a metric's values are in."""

    SECONDS = "s"
    PER_SECOND = "1/s"
    RATIO = "ratio"
    COUNT = "count"
    BYTES = "B"
    PRICE = "price"


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMetric:
    """A metric that each stream has values of, and a run has a distribution of.

    Attributes:
        name: What objectives call it.
        title: What a table calls it.
        unit: The values' unit.
        formula: How a value is computed, in the field names of :class:`~load.stream_row.StreamRow`.
        source: Where the definition comes from.
        is_of_endpoint: Whether a large value is the endpoint's doing; else it is the generator's.
        of: The values of one stream; none when it did not get that far.
    """

    name: str
    title: str
    unit: Unit
    formula: str
    source: str
    is_of_endpoint: bool = True
    of: Callable[[StreamRow], tuple[float, ...]]

    def per_stream(self, rows: Iterable[StreamRow]) -> list[tuple[float, ...]]:
        """The values of each stream that has any."""
        return [values for row in rows if (values := self.of(row))]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMetric:
    """A metric that only a whole run has.

    Attributes:
        name: What objectives call it.
        title: What a table calls it.
        unit: The value's unit.
        formula: How the value is computed.
        source: Where the definition comes from.
        of: The value of a run, or None where the run cannot tell.
    """

    name: str
    title: str
    unit: Unit
    formula: str
    source: str
    of: Callable[[Run], Estimate | None]


def seconds_between(start_ns: int, end_ns: int) -> float:
    """The time from one instant to another, in seconds."""
    return (end_ns - start_ns) / _NS_PER_SECOND
