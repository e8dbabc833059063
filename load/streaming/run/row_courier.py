"""What a worker saw, on its way to the master: as lines, in order, each exactly once."""

from typing import Any

import gevent

from load.run import GeneratorTick, Mark, RunEnd, ServerSample
from load.run_file import Record, record_line
from load.stream_row import StreamRow

__all__ = ["LINES_MESSAGE", "RowCourier"]

LINES_MESSAGE = "stream_lines"
"""The Locust message that carries a list of lines of a run file."""

_SECONDS_BETWEEN_MESSAGES = 0.5


class RowCourier:
    """Takes what a :class:`~load.streaming.run.run_recorder.RunRecorder` takes, and sends it to the master's."""

    def __init__(self, runner: Any) -> None:
        """Begin a run.

        Args:
            runner: Locust's worker runner.
        """
        self._runner = runner
        self._lines: list[str] = []
        self._unsent = 0
        self._sender = gevent.spawn(self._send_now_and_then)

    def add(self, row: StreamRow) -> None:
        """Take a stream that ended."""
        self._take(row)

    def add_tick(self, tick: GeneratorTick) -> None:
        """Take how this process fared."""
        self._take(tick)

    def add_sample(self, sample: ServerSample) -> None:
        """Take what the server's side said."""
        self._take(sample)

    def add_mark(self, mark: Mark) -> None:
        """Take something that happened."""
        self._take(mark)

    def add_unsent(self, streams: int) -> None:
        """Count planned streams that were never sent."""
        self._unsent += streams

    def close(self, at_ns: int) -> None:
        """The last stream has ended: send what is left."""
        self._sender.kill()
        self._take(RunEnd(at_ns=at_ns, unsent=self._unsent))
        self._send()

    def _take(self, record: Record) -> None:
        self._lines.append(record_line(record))

    def _send_now_and_then(self) -> None:
        while True:
            gevent.sleep(_SECONDS_BETWEEN_MESSAGES)
            self._send()

    def _send(self) -> None:
        # Taken before it is sent: sending may switch to a greenlet that adds more.
        lines, self._lines = self._lines, []
        if lines:
            self._runner.send_message(LINES_MESSAGE, lines)
