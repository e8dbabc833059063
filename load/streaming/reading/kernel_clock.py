"""When the kernel received what a read returned, on the monotonic clock.

The kernel stamps packets with the wall clock (``SO_TIMESTAMPNS``, socket(7)), which may be set while a run goes on.
Only the packet's age is taken from it: both clocks are read at the moment of the read, and the age is subtracted from
the monotonic instant. An age that a step of the wall clock fell into is not believed.
"""

import time

__all__ = ["KernelClock"]

_LARGEST_STEP_NS = 1_000_000


class KernelClock:
    """Turns wall-clock stamps of packets into monotonic instants."""

    def __init__(self) -> None:
        self._offset_ns = time.time_ns() - time.monotonic_ns()

    def received_ns(self, stamp_ns: int, *, wall_ns: int, at_ns: int) -> int | None:
        """When the packet came, or None where the wall clock cannot be trusted.

        Args:
            stamp_ns: The kernel's wall-clock stamp of the packet.
            wall_ns: The wall clock at the read.
            at_ns: The monotonic clock at the read.
        """
        offset_ns = wall_ns - at_ns
        moved_ns, self._offset_ns = abs(offset_ns - self._offset_ns), offset_ns
        age_ns = wall_ns - stamp_ns
        if moved_ns > _LARGEST_STEP_NS or age_ns < 0:
            return None
        return at_ns - age_ns
