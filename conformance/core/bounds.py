"""How much of a body is read before it is given up as hostile.

Bytes alone bound neither memory nor time: 96 MiB can be thirty million lines or JSON values, each of which costs
far more as an object than on the wire. A body is measured while it is read, and again once its content coding is
removed.
"""

from dataclasses import dataclass

from conformance.core.errors import EventTooLargeError, StreamTooLargeError
from conformance.core.server_sent_event import ServerSentEvent
from conformance.core.sse import EventStreamDecoder

__all__ = ["StreamBounds", "StreamMeter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamBounds:
    """The most a body may hold.

    Attributes:
        body_bytes: Its size.
        event_bytes: The data of one event.
        events: Events.
        lines: Lines, comments and blank ones included.
        pieces: Chunks, as reads or the transfer coding delivered them.
        json_marks: Commas and opening brackets, of which a JSON document has at least one for each of its values.
    """

    body_bytes: int = 96 * 1024 * 1024
    event_bytes: int = 32 * 1024 * 1024
    events: int = 100_000
    lines: int = 250_000
    pieces: int = 500_000
    json_marks: int = 2_000_000


class StreamMeter:
    """Reads a body piece by piece and says when it is too much."""

    def __init__(self, bounds: StreamBounds) -> None:
        """Nothing has been read."""
        self._bounds = bounds
        self._decoder = EventStreamDecoder(max_event_bytes=bounds.event_bytes)
        self._events = self._lines = self._pieces = self._marks = 0

    def read(self, data: bytes) -> list[ServerSentEvent]:
        """Take the next piece and return the events that it completes.

        Raises:
            StreamTooLargeError: A bound is exceeded; the text says which.
        """
        bounds = self._bounds
        self._pieces += 1
        self._lines += data.count(b"\n") + data.count(b"\r")
        self._marks += data.count(b",") + data.count(b"[") + data.count(b"{")
        # Known before the events are built, so that a flood of them is never in memory.
        _require(self._decoder.offset + len(data) <= bounds.body_bytes, f"is larger than {bounds.body_bytes} bytes")
        _require(self._pieces <= bounds.pieces, f"came in more than {bounds.pieces} pieces")
        _require(self._lines <= bounds.lines, f"has more than {bounds.lines} lines")
        _require(self._marks <= bounds.json_marks, f"may hold more than {bounds.json_marks} JSON values")
        try:
            events = self._decoder.feed(data)
        except EventTooLargeError as error:
            raise StreamTooLargeError(str(error)) from error
        self._events += len(events)
        if self._events > bounds.events:
            raise StreamTooLargeError(f"there are more than {bounds.events} events")
        return events


def _require(is_kept: bool, fault: str) -> None:
    if not is_kept:
        raise StreamTooLargeError(f"the body {fault}")
