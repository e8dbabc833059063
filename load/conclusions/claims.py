"""When an effect is claimed: rarely where there is none."""

from load.estimate import Estimate

__all__ = ["CLAIM_CONFIDENCE", "excludes"]

CLAIM_CONFIDENCE = 0.995
"""How often each end of an interval is on the right side of the truth.

A scenario draws several conclusions, and a run in ten with one that is not so would be one too many: of effects that
do not exist, one in a hundred is claimed. Limits of objectives have :data:`load.estimate.CONFIDENCE`.
"""


def excludes(estimate: Estimate, nothing: float) -> bool:
    """Whether the whole interval lies on one side of what would be no effect: 0 for differences, 1 for ratios."""
    if estimate.low is None or estimate.high is None:
        return False
    return not estimate.low <= nothing <= estimate.high
