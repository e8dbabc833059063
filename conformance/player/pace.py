"""When the player sends what."""

import threading
import time
from typing import Protocol

__all__ = ["Pace", "ScaledPace"]

_NS_PER_SECOND = 1_000_000_000


class Pace(Protocol):
    """Holds one answer back until it is time; made when its request is in."""

    def reach(self, at_ns: int, sent_bytes: int) -> None:
        """Return when it is time for what was recorded at an instant.

        Args:
            at_ns: The instant, as the transcript counts.
            sent_bytes: How much of this answer has been sent, for a pace that waits for its reader.
        """


class ScaledPace:
    """Real time, sped up or slowed down."""

    def __init__(self, origin_ns: int, speed: float, stopping: threading.Event) -> None:
        """Time starts now.

        Args:
            origin_ns: The recorded instant that is now: when the request had been sent.
            speed: 1 is as recorded, 2 twice as fast, 0 without any waiting.
            stopping: Ends every wait.
        """
        self._origin_ns = origin_ns
        self._speed = speed
        self._stopping = stopping
        self._started_ns = time.monotonic_ns()

    def reach(self, at_ns: int, sent_bytes: int) -> None:
        """Sleep for what is left of the scaled time; nothing where it is over."""
        if self._speed:
            due = (at_ns - self._origin_ns) / _NS_PER_SECOND / self._speed
            elapsed = (time.monotonic_ns() - self._started_ns) / _NS_PER_SECOND
            self._stopping.wait(min(max(0.0, due - elapsed), threading.TIMEOUT_MAX))
