"""What every reader notes of an event: how late it was seen."""

import asyncio
import json
import random
import sys
import time
from array import array
from collections.abc import Awaitable, Callable

from load.calibration.stamp_report import StampReport

__all__ = ["Peer", "Tally", "run_asyncio"]

_SETTLE_SECONDS = 1.5
_SENT = b'{"sent_ns": "'
_DIGITS = 20
_NS_PER_SECOND = 1e9


class Tally:
    """Errors of events that were seen after the first moments."""

    def __init__(self) -> None:
        self._errors_ns = array("q")
        self._begun_ns = 0
        self._used_ns = 0

    def begin(self) -> None:
        """From here on events count."""
        self._begun_ns, self._used_ns = time.monotonic_ns(), time.process_time_ns()

    def take(self, data: bytes, at_ns: int) -> None:
        """An event's data, and when it was seen."""
        if self._begun_ns:
            start = data.index(_SENT) + len(_SENT)
            self._errors_ns.append(at_ns - int(data[start : start + _DIGITS]))

    def tell(self) -> None:
        """Print the figures as JSON."""
        report = StampReport.of(
            self._errors_ns,
            (),
            seconds=(time.monotonic_ns() - self._begun_ns) / _NS_PER_SECOND,
            processor_seconds=(time.process_time_ns() - self._used_ns) / _NS_PER_SECOND,
        )
        sys.stdout.write(json.dumps(report.as_json()) + "\n")


class Peer:
    """What a reader is told on its command line: where to read, in how many streams, for how long."""

    def __init__(self) -> None:
        origin, users, seconds, stream_seconds = sys.argv[1:]
        self.origin = origin
        self.users = int(users)
        self.seconds = float(seconds)
        self.stream_seconds = float(stream_seconds)

    @property
    def settle_seconds(self) -> float:
        """What is read sooner is not counted."""
        return self.stream_seconds + _SETTLE_SECONDS

    def start_delay_seconds(self) -> float:
        """Streams begin spread over the length of one."""
        return random.random() * self.stream_seconds  # noqa: S311 - guards nothing


def run_asyncio(read_one: Callable[[Peer, Tally], Awaitable[None]]) -> None:
    """Read back to back in as many tasks as there are users, and print the figures.

    Args:
        read_one: Reads one stream after the other until it is cancelled.
    """
    asyncio.run(_run(Peer(), Tally(), read_one))


async def _run(peer: Peer, tally: Tally, read_one: Callable[[Peer, Tally], Awaitable[None]]) -> None:
    async def user() -> None:
        await asyncio.sleep(peer.start_delay_seconds())
        await read_one(peer, tally)

    tasks = [asyncio.ensure_future(user()) for _ in range(peer.users)]
    await asyncio.sleep(peer.settle_seconds)
    tally.begin()
    await asyncio.sleep(peer.seconds)
    tally.tell()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
