"""What a scenario concludes from its run, in plain sentences with intervals: pure functions, one file a scenario.

Nothing is claimed whose interval includes that there is nothing.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from load.conclusions import (
    ab,
    arrivals,
    cold_start,
    hang_ups,
    mixed,
    preview_tax,
    ramp_to_knee,
    slow_readers,
    soak,
    spike,
)
from load.run import Run

__all__ = ["CONCLUSIONS", "conclusions"]

CONCLUSIONS: Mapping[str, Callable[[Run], tuple[str, ...]]] = MappingProxyType(
    {
        "ab": ab.conclude,
        "arrivals": arrivals.conclude,
        "cold_start": cold_start.conclude,
        "hang_ups": hang_ups.conclude,
        "mixed": mixed.conclude,
        "preview_tax": preview_tax.conclude,
        "ramp_to_knee": ramp_to_knee.conclude,
        "slow_readers": slow_readers.conclude,
        "soak": soak.conclude,
        "spike": spike.conclude,
    }
)
"""By the name of the scenario; one that is not here concludes nothing."""


def conclusions(run: Run) -> tuple[str, ...]:
    """What the run's scenario concludes from it."""
    conclude = CONCLUSIONS.get(run.fingerprint.scenario)
    return () if conclude is None else conclude(run)
