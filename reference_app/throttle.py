"""Which steps earn a preview."""

import time
from collections.abc import Callable


class Throttle:
    """Admits step 0 and then every n-th step, unless the last admission was too recent.

    Attributes:
        every_steps: distance between previews in steps; 1 means every step.
        min_interval_seconds: least time between two admissions, on the clock that was handed in.
    """

    def __init__(
        self, *, every_steps: int, min_interval_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.every_steps = every_steps
        self.min_interval_seconds = min_interval_seconds
        self._clock = clock
        self._admitted_at: float | None = None

    def admits(self, step_index: int) -> bool:
        """Whether the step with this index, counted from 0, earns a preview. Saying yes starts the interval."""
        if step_index % self.every_steps:
            return False
        now = self._clock()
        if self._admitted_at is not None and now - self._admitted_at < self.min_interval_seconds:
            return False
        self._admitted_at = now
        return True
