"""One reader, one load: the stamping server on one processor, the reader on another."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from load.calibration.stage import Shape, read_stamps
from load.calibration.stamp_report import StampReport
from load.calibration.stamping_server_process import StampingServerProcess
from load.locust_process import child_environment

__all__ = ["BARE", "OURS", "READERS", "Contest"]

BARE = "asyncio + httptools"
OURS = {"ours, precise": "precise", "ours, fast": "fast"}
_PEERS = {
    BARE: "asyncio_httptools",
    "... and one buffer": "asyncio_one_buffer",
    "aiohttp": "aiohttp_lines",
    "httpx + httpx-sse": "httpx_sse_events",
    "FastHttpUser iter_lines": "fast_http_user",
    "HttpUser iter_lines": "http_user",
}
READERS: tuple[str, ...] = (*OURS, *_PEERS)
"""Every reader by the name that the table shows."""

_LIMIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """How readers are compared.

    Attributes:
        event_bytes: How large an event is.
        events: How many a stream has.
        seconds: For how long each is watched.
        is_realtime: Whether both processes go before everything else on the machine, where they may.
    """

    event_bytes: int = 50_000
    events: int = 20
    seconds: int = 4
    is_realtime: bool = False

    def run(self, reader: str, *, users: int, cadence_ms: float) -> StampReport:
        """Let one reader read."""
        server = StampingServerProcess(event_bytes=self.event_bytes, cadence_ms=cadence_ms, events=self.events)
        with ExitStack() as stack:
            with _placed(0, is_realtime=self.is_realtime):
                stack.enter_context(server)
            with _placed(1, is_realtime=self.is_realtime):
                return self._read(reader, server.origin, users=users, cadence_ms=cadence_ms)

    def _read(self, reader: str, origin: str, *, users: int, cadence_ms: float) -> StampReport:
        kind = OURS.get(reader, "")
        shape = Shape(event_bytes=self.event_bytes, cadence_ms=cadence_ms, events=self.events, reader=kind)
        if kind:
            with tempfile.TemporaryDirectory() as folder:
                return read_stamps(shape, origin, Path(folder), users=users, seconds=self.seconds)
        module = f"benchmarks.readers.{_PEERS[reader]}"
        ended = subprocess.run(  # noqa: S603 - our own interpreter, no shell
            [sys.executable, "-m", module, origin, str(users), str(self.seconds), str(shape.stream_seconds)],
            env=child_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_LIMIT_SECONDS + self.seconds,
            check=False,
        )
        return StampReport.from_json(json.loads(ended.stdout.splitlines()[0]))


@contextmanager
def _placed(processor: int, *, is_realtime: bool) -> Iterator[None]:
    # What is started in this block inherits its place.
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {sorted(allowed)[processor % len(allowed)]})
    if is_realtime:
        with suppress(PermissionError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        os.sched_setaffinity(0, allowed)
