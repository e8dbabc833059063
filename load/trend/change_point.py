"""A change: when, how much, between which commits."""

from dataclasses import dataclass

from load.trend.series import TrendPoint

__all__ = ["ChangePoint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePoint:
    """A moment after which the figure was another.

    Attributes:
        index: How many counted runs are older than the change.
        last_before: The last run before it.
        first_after: The first run after it.
        before: The median from the change before this one, in the figure's unit.
        after: The median up to the next one, likewise.
        p_value: How often chance alone would part the two so far, by Student's test. The place was chosen for being
            the best one, so this is a yardstick and not a rate: rates were simulated.
    """

    index: int
    last_before: TrendPoint
    first_after: TrendPoint
    before: float
    after: float
    p_value: float

    @property
    def at(self) -> str:
        """When the first run after it started, ISO 8601 in UTC."""
        return self.first_after.at

    @property
    def relative_change(self) -> float | None:
        """How much it moved as a share of what it was; None where it was nothing."""
        return None if self.before == 0 else (self.after - self.before) / abs(self.before)
