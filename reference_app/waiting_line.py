"""Generations that wait for a lane, first come first served."""

import threading
from collections import deque

from reference_app.generation import Generation


class WaitingLine:
    """A line that the event loop appends to and lanes take from. Nobody overtakes. Safe from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[Generation] = deque()
        self._is_closed = False

    def join(self, generation: Generation) -> None:
        """Wait behind the others."""
        with self._changed:
            self._waiting.append(generation)
            self._changed.notify()

    def leave(self, generation: Generation) -> bool:
        """Stop waiting; False where it was not, because a lane has it."""
        with self._changed:
            if generation not in self._waiting:
                return False
            self._waiting.remove(generation)
            return True

    def position(self, generation: Generation) -> int | None:
        """Its place, 1 being the next; None where it does not wait."""
        with self._changed:
            return self._waiting.index(generation) + 1 if generation in self._waiting else None

    def take(self, room: int, *, is_idle: bool) -> list[Generation] | None:
        """Those whose turn it is; None when there is nothing more to come.

        Args:
            room: pictures that the lane has room for.
            is_idle: the lane has nothing to do: wait for somebody, and take them whatever their number of pictures.
        """
        with self._changed:
            if is_idle:
                self._changed.wait_for(lambda: self._waiting or self._is_closed)
                if not self._waiting:
                    return None
                taken = [self._waiting.popleft()]
                room -= taken[0].request.num_images
            else:
                taken = []
            while self._waiting and self._waiting[0].request.num_images <= room:
                taken.append(self._waiting.popleft())
                room -= taken[-1].request.num_images
            return taken

    def close(self) -> None:
        """Let lanes go home when nobody waits any more."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
