"""Whose turn it is: streams of one arm run until all of them are over, then those of the other."""

from collections.abc import Callable
from typing import Any

import gevent
from gevent.event import Event
from gevent.lock import Semaphore
from locust.exception import StopUser

from load.regression.arm_block import Arm
from load.run import Mark, MarkKind
from load.streaming.run.run_clock import since_start_ns
from load.workload.blocks import arm_in

__all__ = ["Turns"]


class Turns:
    """Lets users of one arm go at a time: a block is over when the last of its streams is.

    Attributes:
        is_warm_up: Whether streams that begin now are sent to warm up only.
    """

    def __init__(
        self,
        environment: Any,
        *,
        streams_per_block: int,
        warm_up_streams: int,
        seed: int,
        is_over: Callable[[int], bool],
    ) -> None:
        """Begin with the warm-up of each arm, then take turns.

        Args:
            environment: Locust's.
            streams_per_block: How many streams a block has.
            warm_up_streams: How many each arm gets before the first block.
            seed: What the order of turns is drawn from.
            is_over: Asked after each round, with how many there were, whether that was enough.
        """
        self.is_warm_up = True
        self._environment = environment
        self._streams_per_block = streams_per_block
        self._warm_up_streams = warm_up_streams
        self._seed = seed
        self._is_over = is_over
        self._places = {arm: Semaphore(0) for arm in Arm}
        self._has_stopped = False
        self._streams_left = 0
        self._block_is_over = Event()
        environment.events.stream_row.add_listener(self._count)
        self._greenlet = gevent.spawn(self._run)
        # Users would wait for their turn for ever.
        self._greenlet.link_exception(lambda _: gevent.spawn(environment.runner.quit))

    def wait(self, arm: Arm) -> None:
        """Return when a stream of this arm may begin.

        Raises:
            StopUser: None will any more.
        """
        self._places[arm].acquire()
        if self._has_stopped:
            raise StopUser

    def stop(self) -> None:
        """Let nobody begin any more, and let go of those who wait."""
        self._has_stopped = True
        self._greenlet.kill(block=False)
        for places in self._places.values():
            for _ in range(self._environment.runner.user_count + 1):
                places.release()

    def _run(self) -> None:
        for arm in Arm:
            self._block(arm, self._warm_up_streams)
        self.is_warm_up = False
        blocks = 0
        while blocks % 2 or not self._is_over(blocks // 2):
            arm = arm_in(blocks, tuple(Arm), seed=self._seed)
            blocks += 1
            self._mark(f"block {blocks}, {arm.value}")
            self._block(arm, self._streams_per_block)
        gevent.spawn(self._environment.runner.quit)

    def _block(self, arm: Arm, streams: int) -> None:
        self._streams_left = streams
        self._block_is_over.clear()
        for _ in range(streams):
            self._places[arm].release()
        if streams:
            self._block_is_over.wait()

    def _count(self, **_: Any) -> None:
        self._streams_left -= 1
        if self._streams_left <= 0:
            self._block_is_over.set()

    def _mark(self, text: str) -> None:
        rows = self._environment.stream_rows
        rows.add_mark(Mark(at_ns=since_start_ns(self._environment), kind=MarkKind.TURN, text=text))
