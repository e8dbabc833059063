"""The clock of a run: nanoseconds since its start, on the monotonic clock of this process."""

import time
from typing import Any

__all__ = ["since_start_ns"]


def since_start_ns(environment: Any) -> int:
    """How long the run of Locust's environment has been going on."""
    return int(time.monotonic_ns() - environment.run_start_ns)
