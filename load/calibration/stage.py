"""One stretch of calibration: so many streams from the stamping server, read by Locust as in a run."""

import json
import tempfile
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from load.calibration.stamp_report import StampReport
from load.calibration.stamping_server_process import ServerReport, StampingServerProcess
from load.endpoint import Endpoint
from load.errors import NothingRecordedError
from load.locust_process import LocustProcess

__all__ = ["Shape", "StageResult", "read_stamps", "run_stage"]

_SETTLE_SECONDS = 1.5
# What it costs Locust to stop is not the streams'.
_SECONDS_TO_STOP = 1
_WAIT_SECONDS = 10.0
_LOCUSTFILE = Path(__file__).parent / "stamped_user.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the streams of a stage look like.

    Attributes:
        event_bytes: How large an event is.
        cadence_ms: From one event of a stream to the next.
        events: How many a stream has.
        reader: Which reader reads them, as ``--reader`` calls it.
    """

    event_bytes: int
    cadence_ms: float
    events: int = 20
    reader: str = "precise"

    @property
    def stream_seconds(self) -> float:
        """How long a stream takes."""
        return self.events * self.cadence_ms / 1000

    def offered_per_second(self, users: int) -> float:
        """How many events so many streams get in a second."""
        return users * 1000 / self.cadence_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """What a stage showed.

    Attributes:
        users: How many streams were read at once.
        offered_per_second: How many events a second the server was to send them.
        stamps: The generator's side.
        server: The server's side.
    """

    users: int
    offered_per_second: float
    stamps: StampReport
    server: ServerReport


def run_stage(shape: Shape, users: int, seconds: int) -> StageResult:
    """Read so many streams at once for about so many seconds, after a moment to settle.

    Raises:
        NothingRecordedError: Locust ended without figures; the text holds the end of what it said.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = StampingServerProcess(event_bytes=shape.event_bytes, cadence_ms=shape.cadence_ms, events=shape.events)
        with server:
            stamps = read_stamps(shape, server.origin, folder, users=users, seconds=seconds)
    if server.report is None:
        raise NothingRecordedError("the stamping server ended without a report")
    offered = shape.offered_per_second(users)
    return StageResult(users=users, offered_per_second=offered, stamps=stamps, server=server.report)


def read_stamps(shape: Shape, origin: str, folder: Path, *, users: int, seconds: int) -> StampReport:
    """Read from a stamping server that is there already; the folder takes what Locust writes.

    Raises:
        NothingRecordedError: As with :func:`run_stage`.
    """
    # Users begin spread over one stream, as they would be after a while.
    settle_seconds = shape.stream_seconds + _SETTLE_SECONDS
    report, log = folder / "stamps.json", folder / "locust.log"
    LocustProcess(
        scenario=_LOCUSTFILE,
        endpoint=Endpoint.parse(origin),
        users=users,
        run_seconds=seconds + ceil(settle_seconds) + _SECONDS_TO_STOP,
        payload="{}",
        wait_seconds=_WAIT_SECONDS,
        rows_path=folder / "run.jsonl",
        log_path=log,
        further_options=(
            *(f"--stamp-report={report}", f"--settle-seconds={settle_seconds}", f"--measured-seconds={seconds}"),
            *(f"--stream-seconds={shape.stream_seconds}", f"--reader={shape.reader}", "--look-at=0"),
        ),
    ).run(tick=lambda: None, interrupted=_give_up)
    if not report.exists():
        raise NothingRecordedError(f"Locust ended without figures: {log.read_text(errors='replace')[-500:]}")
    return StampReport.from_json(json.loads(report.read_text(encoding="utf-8")))


def _give_up() -> None:
    # Half of a stretch says nothing, and the next one is not wanted either.
    raise KeyboardInterrupt
