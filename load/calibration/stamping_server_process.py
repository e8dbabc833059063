"""The stamping server as a process that is started and ended here."""

import json
import subprocess
import sys
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from load.locust_process import child_environment

__all__ = ["ServerReport", "StampingServerProcess"]

_END_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerReport:
    """How the server itself fared.

    Attributes:
        sent: How many events it sent.
        late_ns: By how much the latest of them was sent after it was due.
        processor_share: Processor time over time, 1 for a whole processor.
    """

    sent: int
    late_ns: int
    processor_share: float


class StampingServerProcess:
    """A context manager around the process.

    Attributes:
        origin: Where it listens, such as ``http://127.0.0.1:40001``.
        report: How it fared; None until the block is left.
    """

    def __init__(self, *, event_bytes: int, cadence_ms: float, events: int) -> None:
        """Name what it sends; see :class:`StampingServer`.

        Args:
            event_bytes: How large an event is.
            cadence_ms: From one event to the next.
            events: How many a stream has.
        """
        self.origin = ""
        self.report: ServerReport | None = None
        self._process: subprocess.Popen[str] | None = None
        self._command = [
            *(sys.executable, "-P", "-m", "load.calibration.stamping_server"),
            *("--event-bytes", str(event_bytes), "--cadence-ms", str(cadence_ms), "--events", str(events)),
        ]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=child_environment()
        )
        assert self._process.stdout is not None  # noqa: S101 - piped above
        self.origin = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._process is not None  # noqa: S101 - entered before
        try:
            told, _ = self._process.communicate(timeout=_END_SECONDS)
            report: Any = json.loads(told)
            self.report = ServerReport(**report)
        finally:
            self._process.kill()
