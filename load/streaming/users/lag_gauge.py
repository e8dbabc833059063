"""How late this process is, second by second: naps that note by how much they overslept."""

import time
from typing import Any

import gevent

from load.run import GeneratorTick

__all__ = ["LagGauge"]

_TICK_NS = 1_000_000_000
# Often enough to see a stall. Each wakes an idle processor, which costs more than the nap's own work.
_SHORT_NAP_NS = 50_000_000


class LagGauge:
    """Hands a tick a second to the run's rows, from its start until it is stopped.

    Attributes:
        streams: How many streams are in flight; whoever begins and ends one counts it here.
        is_only_witness: Whether nothing else says how late this process is. Where the kernel's stamps say so of every
            read, one nap a second is enough.
    """

    def __init__(self, environment: Any) -> None:
        """Begin.

        Args:
            environment: Locust's, whose ``stream_rows`` take the ticks.
        """
        self.streams = 0
        self.is_only_witness = True
        self._environment = environment
        self._greenlet = gevent.spawn(self._run)

    def stop(self) -> None:
        """End."""
        self._greenlet.kill(block=False)

    def _run(self) -> None:
        while True:
            began_ns, used_ns = time.monotonic_ns(), time.process_time_ns()
            lag_ns = self._nap_for_a_second(began_ns)
            now_ns = time.monotonic_ns()
            share = (time.process_time_ns() - used_ns) / (now_ns - began_ns)
            self._tell(now_ns, lag_ns, share)

    def _nap_for_a_second(self, began_ns: int) -> int:
        lag_ns, now_ns = 0, began_ns
        while now_ns - began_ns < _TICK_NS:
            nap_ns = _SHORT_NAP_NS if self.is_only_witness else _TICK_NS
            gevent.sleep(nap_ns / _TICK_NS)
            before_ns, now_ns = now_ns, time.monotonic_ns()
            lag_ns = max(lag_ns, now_ns - before_ns - nap_ns)
        return lag_ns

    def _tell(self, now_ns: int, lag_ns: int, share: float) -> None:
        rows = getattr(self._environment, "stream_rows", None)
        if rows is None:
            return
        start_ns = getattr(self._environment, "run_start_ns", 0)
        rows.add_tick(
            GeneratorTick(at_ns=now_ns - start_ns, lag_ns=lag_ns, processor_share=share, streams=self.streams)
        )
