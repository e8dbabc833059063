"""Where everything that a run saw comes together: in the only process, or in the master of several."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from load.run import Fingerprint, GeneratorTick, Mark, Run, RunEnd, ServerSample
from load.run_file import Record
from load.stream_row import StreamRow
from load.streaming.run.run_writer import RunWriter

__all__ = ["KEPT_ROWS", "RunRecorder"]

KEPT_ROWS = 50_000
"""How many rows stay in memory for the live page and for searches: a few hundred megabytes at the most.

The run file has all of them.
"""


class RunRecorder:
    """Takes rows, ticks, samples and marks as they come, keeps the newest, and writes all to the run file.

    Attributes:
        fingerprint: What is run.
        rows_seen: How many streams there were, those included that are no longer in memory.
        rows: The newest streams, in the order in which they ended or were heard of.
        ticks: The newest ticks of every generator process.
        samples: The newest samples of the server's side.
        marks: Every mark.
        is_closed: Whether the last stream has ended.
    """

    def __init__(self, fingerprint: Fingerprint, writer: RunWriter | None, *, disk_failed: Callable[[], None]) -> None:
        """Begin a run.

        Args:
            fingerprint: What is run.
            writer: Where lines go, or None to keep none.
            disk_failed: Called once, when a line could not be written.
        """
        self.fingerprint = fingerprint
        self.rows_seen = 0
        self.rows: deque[StreamRow] = deque(maxlen=KEPT_ROWS)
        self.ticks: deque[GeneratorTick] = deque(maxlen=KEPT_ROWS)
        self.samples: deque[ServerSample] = deque(maxlen=KEPT_ROWS)
        self.marks: list[Mark] = []
        self._writer = writer
        self._disk_failed = disk_failed
        self.is_closed = False
        self._unsent = 0
        self._end_ns: int | None = None

    def add(self, row: StreamRow) -> None:
        """Take a stream that ended."""
        self.rows_seen += 1
        self.rows.append(row)
        self._write(row)

    def add_tick(self, tick: GeneratorTick) -> None:
        """Take how a generator process fared."""
        self.ticks.append(tick)
        self._write(tick)

    def add_sample(self, sample: ServerSample) -> None:
        """Take what the server's side said."""
        self.samples.append(sample)
        self._write(sample)

    def add_mark(self, mark: Mark) -> None:
        """Take something that happened."""
        self.marks.append(mark)
        self._write(mark)

    def add_unsent(self, streams: int) -> None:
        """Count planned streams that were never sent."""
        self._unsent += streams

    def add_from(self, worker: str, record: Record) -> None:
        """Take a record that a worker sent."""
        match record:
            case StreamRow():
                self.add(replace(record, worker=worker))
            case GeneratorTick():
                self.add_tick(replace(record, worker=worker))
            case ServerSample():
                self.add_sample(record)
            case Mark():
                self.add_mark(record)
            case RunEnd():
                self.add_unsent(record.unsent)

    def stop_starting(self, at_ns: int) -> None:
        """From here on no stream is started; those in flight may end."""
        if self._end_ns is None:
            self._end_ns = at_ns

    @property
    def end_ns(self) -> int | None:
        """When streams were no longer started; None while they are."""
        return self._end_ns

    @property
    def run(self) -> Run:
        """The run so far, as far as it is still in memory."""
        end = None if self._end_ns is None else RunEnd(at_ns=self._end_ns, unsent=self._unsent)
        return Run(
            fingerprint=self.fingerprint,
            rows=tuple(self.rows),
            ticks=tuple(self.ticks),
            samples=tuple(self.samples),
            marks=tuple(self.marks),
            end=end,
        )

    def newest(self, streams: int) -> Run:
        """The run as its newest streams show it, for those who ask often."""
        rows = tuple(islice(reversed(self.rows), streams))
        return Run(fingerprint=self.fingerprint, rows=rows, ticks=tuple(self.ticks)[-60:], marks=tuple(self.marks))

    def close(self) -> None:
        """The last stream has ended."""
        if self._writer is not None and self._end_ns is not None:
            self._write(RunEnd(at_ns=self._end_ns, unsent=self._unsent))
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self.is_closed = True

    def _write(self, record: Record) -> None:
        if self._writer is None:
            return
        try:
            self._writer.add(record)
        except OSError as error:
            writer, self._writer = self._writer, None
            logging.getLogger(__name__).error("%s cannot be written: %s; the run ends", writer.path, error.strerror)
            self._disk_failed()
