"""From where to where a chart's value axis goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from load.trend.series import Series

__all__ = ["ValueRange"]

_LEAST_SHARE = 0.1
_MARGIN = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueRange:
    """The ends of the axis.

    Attributes:
        low: The lower one, in the figure's unit.
        high: The upper one.
    """

    low: float
    high: float

    @classmethod
    def around(cls, values: Iterable[float]) -> "ValueRange":
        """Room for every value, and for a tenth of their median either way: noise must not look like a landslide.

        Args:
            values: Finite values; without any, the range is that of shares.
        """
        known = list(values)
        if not known:
            return cls(low=0.0, high=1.0)
        middle = median(known)
        around = abs(middle) * _LEAST_SHARE or 1.0
        low, high = min(*known, middle - around), max(*known, middle + around)
        margin = (high - low) * _MARGIN
        return cls(low=low - margin, high=high + margin)

    @classmethod
    def of(cls, series: Iterable[Series]) -> "ValueRange":
        """Room for every run that counts. One that does not may be anywhere, and would flatten all others."""
        every = list(series)
        counted = [point.value for one in every for point in one.counted]
        return cls.around(counted or [point.value for one in every for point in one.points])

    def share(self, value: float) -> float:
        """How high a value stands, from 0 at the lower end to 1 at the upper; one beyond an end stands at the end."""
        return (self.clipped(value) - self.low) / (self.high - self.low)

    def clipped(self, value: float) -> float:
        """The value, or the end that it lies beyond."""
        return min(max(value, self.low), self.high)
