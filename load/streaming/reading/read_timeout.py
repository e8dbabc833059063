"""How long a socket waits for bytes: one timer for all of its waits, where gevent makes one for each."""

import time
from typing import Any

from gevent import getcurrent

__all__ = ["ReadTimeout"]

_NS_PER_SECOND = 1_000_000_000


class ReadTimeout:
    """Waits that end by themselves.

    A wait that ends in time, as nearly all do, leaves the timer running. When it rings, it looks whether somebody
    waits and is due; it is wound up again where not yet.
    """

    def __init__(self, hub: Any) -> None:
        """Begin without a timer.

        Args:
            hub: gevent's hub, on whose loop to wait.
        """
        self._hub = hub
        self._timer: Any = None
        # When the timer rings; None while it does not run.
        self._rings_ns: int | None = None
        self._due_ns = 0
        self._waiting: Any = None

    def wait(self, watcher: Any, seconds: float) -> None:
        """Wait until the watcher is ready.

        Raises:
            TimeoutError: It was not ready in time.
        """
        self._due_ns = time.monotonic_ns() + int(seconds * _NS_PER_SECOND)
        if self._rings_ns is None or self._rings_ns > self._due_ns:
            self._wind_up()
        self._waiting = getcurrent()
        try:
            self._hub.wait(watcher)
        finally:
            self._waiting = None

    def close(self) -> None:
        """Let go of the timer; nothing may wait at that moment."""
        if self._timer is not None:
            self._timer.close()
            self._timer, self._rings_ns = None, None

    def _wind_up(self) -> None:
        self.close()
        self._rings_ns = self._due_ns
        seconds = max(0, self._due_ns - time.monotonic_ns()) / _NS_PER_SECOND
        self._timer = self._hub.loop.timer(seconds, ref=False)
        self._timer.start(self._ring)

    def _ring(self) -> None:
        self._rings_ns = None
        if self._waiting is None:
            return
        # The loop's clock may be a little ahead of this one.
        if time.monotonic_ns() < self._due_ns:
            self._wind_up()
        else:
            self._waiting.throw(TimeoutError("timed out"))
