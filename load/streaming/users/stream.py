"""One stream in flight, and the row that is left of it."""

import time
from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from load.stream_row import Outcome, StepMark, StreamRow
from load.streaming.reading.event_kind import EventContent, EventKind, error_text
from load.streaming.reading.stream_failure import StreamFailure, timed_out
from load.streaming.reading.stream_head import check_head
from load.streaming.reading.stream_reader import StreamReader
from load.streaming.reading.timed_event import EventReader, TimedEvent

__all__ = ["Stream"]

_NS_PER_MS = 1_000_000
_NS_PER_SECOND = 1_000_000_000


class Stream:
    """One stream in flight: iterate over it to get its events as they arrive, each with its instants.

    Attributes:
        row: What was seen of it; there once the block that it was made for is left.
        pictures: The data of the events that carried a picture, where it was asked to keep them.
    """

    row: StreamRow

    def __init__(
        self, user: Any, reader: StreamReader, *, name: str, group: str, planned_ns: int | None, keeps_pictures: bool
    ) -> None:
        """Made by :meth:`StreamSession.stream`."""
        self.pictures: list[str] = []
        self._user = user
        self._reader = reader
        self._name = name
        self._group = group
        self._start_ns: int = getattr(user.environment, "run_start_ns", 0)
        self._started_ns = time.monotonic_ns()
        self._planned_ns = self._started_ns if planned_ns is None else planned_ns + self._start_ns
        self._keeps_pictures = keeps_pictures
        self._events = EventReader(max_event_bytes=user.max_event_bytes)
        self._status: int | None = None
        self._event_ns: list[int] = []
        self._kernel_ns: list[int] = []
        self._pictures: list[int] = []
        self._picture_bytes: list[int] = []
        self._steps: list[StepMark] = []
        self._is_over = False
        self._is_read_late = False
        self._failure: StreamFailure | None = None

    @property
    def has_picture(self) -> bool:
        """Whether a picture has arrived."""
        return bool(self._pictures)

    def open(self, request: bytes) -> None:
        """Send the request and wait for the head. What goes wrong is raised when the events are asked for."""
        try:
            head = self._reader.open(request)
            self._status = head.status
            check_head(head)
        except StreamFailure as failure:
            self._failure = failure

    def __iter__(self) -> Iterator[TimedEvent]:
        """Yield events as they arrive.

        Raises:
            StreamFailure: The stream failed; :meth:`StreamSession.stream` reports it and goes on.
        """
        if self._failure is not None:
            raise self._failure
        try:
            yield from map(self._taken, self._events.events(self._reader.blocks()))
        except StreamFailure as failure:
            raise self._named(failure) from failure
        self._is_over = True
        self._require_final()

    def read_to_end(self) -> None:
        """Read it to its end, for those who want the row alone; it costs less than a loop over the events.

        Raises:
            StreamFailure: As when iterating.
        """
        # Unlike the variable of a loop, an empty queue does not hold an event while the next is waited for.
        deque(self, maxlen=0)

    def read_late(self) -> None:
        """Say that events are taken late on purpose: their time in the kernel is then no lag of the generator."""
        self._is_read_late = True

    def close(self, failure: StreamFailure | None, otherwise: Outcome) -> None:
        """The stream is over, or left: make its row.

        Args:
            failure: Why it ended, or None where it did not fail.
            otherwise: What it is when it neither failed nor came to its end.
        """
        end_ns = time.monotonic_ns()
        self._reader.close()
        failure = failure or self._failure
        if failure is not None:
            outcome, detail = failure.outcome, self._user.masked(failure.detail)
        else:
            outcome, detail = Outcome.COMPLETE if self._is_over else otherwise, ""
        self.row = self._row(end_ns, outcome, detail)

    def fire(self, row: StreamRow) -> None:
        """Tell Locust how the stream ended."""
        if row.outcome.is_failure:
            failure = StreamFailure(row.outcome, row.detail)
            self._fire("final", row.end_ns - row.sent_ns, failure)
        elif row.outcome is Outcome.COMPLETE:
            gaps_ns = [later - earlier for earlier, later in pairwise((*row.event_ns, row.end_ns))]
            self._fire("longest gap", max(gaps_ns))
            self._fire("final", row.picture_ns[-1] - row.sent_ns)

    def _row(self, end_ns: int, outcome: Outcome, detail: str) -> StreamRow:
        start_ns, head_ns = self._start_ns, self._reader.head_ns
        planned_ns = self._planned_ns - start_ns
        # Instants of some events alone would be taken for those of others.
        is_whole = len(self._kernel_ns) == len(self._event_ns)
        kernel_ns = self._kernel_ns if is_whole and not self._is_read_late else ()
        return StreamRow(
            group=self._group,
            is_warm_up=planned_ns < self._user.run_options.warm_up_seconds * _NS_PER_SECOND,
            planned_ns=planned_ns,
            started_ns=self._started_ns - start_ns,
            sent_ns=self._reader.sent_ns - start_ns,
            head_ns=None if head_ns is None else head_ns - start_ns,
            event_ns=tuple([at_ns - start_ns for at_ns in self._event_ns]),
            kernel_ns=tuple([at_ns - start_ns for at_ns in kernel_ns]),
            pictures=tuple(self._pictures),
            picture_bytes=tuple(self._picture_bytes),
            steps=tuple(self._steps),
            end_ns=end_ns - start_ns,
            body_bytes=self._events.body_bytes,
            status=self._status,
            outcome=outcome,
            detail=detail,
        )

    def _taken(self, timed: TimedEvent) -> TimedEvent:
        event = timed.encoded
        content: EventContent = self._user.content_of(event)
        if content.kind is EventKind.ERROR:
            raise StreamFailure(Outcome.ERROR_EVENT, error_text(event))
        if content.kind is EventKind.MALFORMED:
            raise StreamFailure(Outcome.MALFORMED, "an event's data is not JSON")
        index = len(self._event_ns)
        self._event_ns.append(timed.at_ns)
        if timed.kernel_ns is not None:
            self._kernel_ns.append(timed.kernel_ns)
        if content.step is not None:
            self._steps.append(StepMark(event=index, step=content.step, total_steps=content.total_steps))
        if content.kind is EventKind.PICTURE:
            self._take_picture(index, timed)
        return timed

    def _take_picture(self, index: int, timed: TimedEvent) -> None:
        self._pictures.append(index)
        self._picture_bytes.append(len(timed.encoded.data))
        if self._keeps_pictures:
            self.pictures.append(timed.event.data)
        if len(self._pictures) == 1:
            self._fire("first preview", timed.at_ns - self._reader.sent_ns)
        self._user.offer_preview(timed, self._group)

    def _named(self, failure: StreamFailure) -> StreamFailure:
        # Only here is it known whether events had come before the silence.
        if failure.outcome is Outcome.STALLED and not self._event_ns:
            return timed_out("no event came")
        return failure

    def _require_final(self) -> None:
        if not self._pictures:
            raise StreamFailure(Outcome.NO_FINAL, "no event carried a picture")
        last = self._steps[-1] if self._steps else None
        if last is None or last.event != self._pictures[-1] or last.total_steps is None:
            return
        # Some count from zero, and their last step is one less than there are.
        if last.step + 1 < last.total_steps:
            raise StreamFailure(Outcome.NO_FINAL, f"the last picture is of step {last.step} of {last.total_steps}")

    def _fire(self, milestone: str, duration_ns: int, failure: StreamFailure | None = None) -> None:
        self._user.environment.events.request.fire(
            request_type="stream",
            name=f"{self._name} {milestone}".lstrip(),
            response_time=duration_ns / _NS_PER_MS,
            response_length=self._events.body_bytes if milestone == "final" else 0,
            response=None,
            exception=failure,
            context=self._user.context(),
        )
