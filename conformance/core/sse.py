"""Server-sent events, read as the HTML Standard reads them.

Source: WHATWG HTML, section 9.2.5 (parsing an event stream) and 9.2.6 (interpreting an event stream),
https://html.spec.whatwg.org/multipage/server-sent-events.html.

:class:`EventStreamDecoder` takes bytes as they arrive and returns events as soon as the blank line that
dispatches them is in. It never asks the time and never touches a socket. The events, and their byte offsets,
do not depend on where the bytes were cut.
"""

import re
from dataclasses import dataclass

from conformance.core.errors import EventTooLargeError

__all__ = ["BYTE_ORDER_MARK", "EventStreamDecoder", "ServerSentEvent", "encode_event", "parse_field"]

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_ASCII_DIGITS = re.compile(rb"[0-9]+")
_LINE_BREAKS = re.compile(r"\r\n|\r|\n")
_LF = 0x0A


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSentEvent:
    """One event as the standard dispatches it.

    Attributes:
        event: The event's type; ``message`` when the stream did not name one.
        data: The data buffer, lines joined with LF.
        last_event_id: The last event ID in force when the event was dispatched.
        retry: The reconnection time this event's block set, in milliseconds, or None.
        offset: Byte offset, in the stream, of the first line of the event's block.
    """

    event: str = "message"
    data: str
    last_event_id: str = ""
    retry: int | None = None
    offset: int = 0


def parse_field(line: bytes) -> tuple[bytes, bytes]:
    """Split a line into field name and value; one U+0020 after the colon is dropped.

    A line without a colon is all name. A comment is a line whose name is empty. Source: section 9.2.6.
    """
    name, value_start = _field(line, 0, len(line))
    return name, line[value_start:]


class EventStreamDecoder:
    """Bytes in, events out.

    Attributes:
        last_event_id: The last event ID string committed so far.
        reconnection_time_ms: The last valid ``retry``, or None when the stream never set one.
        offset: How many bytes have been fed.
    """

    def __init__(self, *, max_event_bytes: int | None = None) -> None:
        """Start at the beginning of a stream.

        Args:
            max_event_bytes: Refuse a line that, with the data already held for its event, is longer than
                this; None for no limit. What is refused does not depend on where the bytes were cut.
        """
        self.last_event_id = ""
        self.reconnection_time_ms: int | None = None
        self.offset = 0
        self._max_event_bytes = max_event_bytes
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._line_start = 0
        self._after_cr = False
        self._at_stream_start = True
        self._id_buffer = ""
        self._block_offset: int | None = None
        # Values are views of the bytes being fed, so that a picture is copied once, into its event. Those from feeds
        # before come first and are bytes of their own: a view would keep everything that was fed with it.
        self._data: list[bytes | memoryview] = []
        self._data_bytes = 0
        self._event = ""
        self._retry: int | None = None

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Take the next bytes of the stream and return the events they complete.

        Raises:
            EventTooLargeError: An unfinished event is larger than ``max_event_bytes``.
        """
        if not data:
            return []
        if self._after_cr and data[0] == _LF:
            # The CR already ended its line; this LF is the second half of the same line ending.
            data = data[1:]
            self.offset += 1
            self._line_start += 1
            self._after_cr = False
            if not data:
                return []
        events: list[ServerSentEvent] = []
        for start, end, next_start in _lines(data):
            self.offset += next_start - start
            if next_start == end:
                self._hold(data[start:end])
                continue
            if self._pending or self._at_stream_start:
                line = self._complete(data[start:end])
                event = self._take_line(line, 0, len(line))
            else:
                self._check_size(end - start)
                event = self._take_line(data, start, end)
            if event is not None:
                events.append(event)
        self._own_data()
        self._after_cr = data.endswith(b"\r")
        return events

    def close(self) -> None:
        """End the stream: whatever was not dispatched is discarded, an uncommitted id with it."""
        self._pending.clear()
        self._pending_bytes = 0
        self._id_buffer = self.last_event_id
        self._start_block()

    def _hold(self, piece: bytes) -> None:
        self._pending.append(piece)
        self._pending_bytes += len(piece)
        self._check_size(self._pending_bytes)

    def _complete(self, piece: bytes) -> bytes:
        self._hold(piece)
        line = b"".join(self._pending)
        self._pending.clear()
        self._pending_bytes = 0
        if self._at_stream_start:
            self._at_stream_start = False
            line = line.removeprefix(BYTE_ORDER_MARK)
        return line

    def _take_line(self, data: bytes, start: int, end: int) -> ServerSentEvent | None:
        line_start, self._line_start = self._line_start, self.offset
        if start == end:
            return self._dispatch()
        if self._block_offset is None:
            self._block_offset = line_start
        name, value_start = _field(data, start, end)
        if name == b"data":
            self._data.append(memoryview(data)[value_start:end])
            self._data_bytes += end - value_start + 1
        else:
            self._take_field(name, data[value_start:end])
        return None

    def _take_field(self, name: bytes, value: bytes) -> None:
        if name == b"event":
            self._event = value.decode("utf-8", "replace")
        elif name == b"id":
            if b"\x00" not in value:
                self._id_buffer = value.decode("utf-8", "replace")
        elif name == b"retry" and _ASCII_DIGITS.fullmatch(value):
            self._retry = self.reconnection_time_ms = _milliseconds(value)

    def _own_data(self) -> None:
        for place in reversed(range(len(self._data))):
            if isinstance(self._data[place], bytes):
                return
            self._data[place] = bytes(self._data[place])

    def _dispatch(self) -> ServerSentEvent | None:
        self.last_event_id = self._id_buffer
        event = None
        if self._data and self._block_offset is not None:
            event = ServerSentEvent(
                event=self._event or "message",
                data=str(self._data[0] if len(self._data) == 1 else b"\n".join(self._data), "utf-8", "replace"),
                last_event_id=self.last_event_id,
                retry=self._retry,
                offset=self._block_offset,
            )
        self._start_block()
        return event

    def _start_block(self) -> None:
        self._block_offset = None
        self._data = []
        self._data_bytes = 0
        self._event = ""
        self._retry = None

    def _check_size(self, line_bytes: int) -> None:
        limit = self._max_event_bytes
        if limit is not None and line_bytes + self._data_bytes > limit:
            raise EventTooLargeError(f"an event is larger than {limit} bytes")


def _field(data: bytes, start: int, end: int) -> tuple[bytes, int]:
    """The name of a line's field, and where its value starts; at the line's end, where it has none."""
    colon = data.find(b":", start, end)
    if colon < 0:
        return data[start:end], end
    return data[start:colon], colon + 2 if data.startswith(b" ", colon + 1, end) else colon + 1


def _lines(data: bytes) -> list[tuple[int, int, int]]:
    """Where each line starts, where it ends, and where the next one starts: at its end, where no line ending is in."""
    if b"\r" in data:
        return _lines_of_any_ending(data)
    # splitlines() looks at each byte; where there are line feeds alone, searching for them takes a tenth of that.
    lines = []
    start = 0
    while (end := data.find(b"\n", start)) >= 0:
        lines.append((start, end, end + 1))
        start = end + 1
    if start < len(data):
        lines.append((start, len(data), len(data)))
    return lines


def _lines_of_any_ending(data: bytes) -> list[tuple[int, int, int]]:
    # bytes.splitlines breaks at CRLF, CR and LF only, which is exactly the standard's definition.
    lines = []
    start = 0
    for piece in data.splitlines(keepends=True):
        next_start = start + len(piece)
        lines.append((start, start + len(piece.rstrip(b"\r\n")), next_start))
        start = next_start
    return lines


def _milliseconds(digits: bytes) -> int:
    # int() refuses more than 4300 digits, and such a stream must not be able to raise: it is capped instead.
    return int(digits[:4300])


def encode_event(event: ServerSentEvent, *, line_ending: str = "\n") -> bytes:
    """Write an event so that any conforming reader reads it back (its ``offset`` aside).

    The ``id`` line is always written, since an ID left out would be inherited from the event before.

    Raises:
        ValueError: The event cannot be expressed: a name or id with a line break, an id with NUL, a name of
            ``""``, data with a carriage return, which the format turns into a line feed, or a negative
            reconnection time.
    """
    if _LINE_BREAKS.search(event.event) or _LINE_BREAKS.search(event.last_event_id):
        raise ValueError("event names and ids cannot contain line breaks")
    if not event.event or "\x00" in event.last_event_id or "\r" in event.data:
        raise ValueError("empty names, NUL in ids and carriage returns in data cannot be expressed")
    if event.retry is not None and event.retry < 0:
        raise ValueError(f"a reconnection time is {event.retry}, expected 0 or more")
    lines = [f"event: {event.event}", f"id: {event.last_event_id}"]
    if event.retry is not None:
        lines.append(f"retry: {event.retry}")
    lines += [f"data: {line}" for line in event.data.split("\n")]
    return (line_ending.join(lines) + line_ending * 2).encode("utf-8")
