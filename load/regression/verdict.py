"""What a comparison of two deployments may end in."""

from enum import Enum

__all__ = ["RegressionVerdict"]


class RegressionVerdict(Enum):
    """Three answers, since "no change was seen" is not the same as "there is none"."""

    REGRESSED = "regressed"
    """The lower bound of the effect lies above the margin."""
    NO_REGRESSION = "no regression"
    """The upper bound lies below the margin."""
    NOT_ENOUGH_DATA = "not enough data"
    """The margin lies between the bounds."""
