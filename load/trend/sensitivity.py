"""What makes a change worth telling."""

from dataclasses import dataclass

__all__ = ["Sensitivity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """What a change has to be. The defaults' rates are in docs/reference/load-trend.md.

    Attributes:
        largest_p_value: How often chance alone may look so, by Student's test between the runs before and after.
        smallest_change: How much the median has to move, as a share of what it was.
        fewest_runs: How many runs there have to be on either side. Two or three runs on slow hosts are no change, and
            E-Divisive alone takes one run for enough.
    """

    largest_p_value: float = 0.001
    smallest_change: float = 0.03
    fewest_runs: int = 5
