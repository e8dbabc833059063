"""Server-sent events, read as the HTML Standard reads them.

Source: WHATWG HTML, section 9.2.5 (parsing an event stream) and 9.2.6 (interpreting an event stream),
https://html.spec.whatwg.org/multipage/server-sent-events.html.

:class:`EventStreamDecoder` takes bytes as they arrive and returns events as soon as the blank line that
dispatches them is in. It never asks the time and never touches a socket. The events, and their byte offsets,
do not depend on where the bytes were cut.
"""

import re

from conformance.core.errors import EventTooLargeError
from conformance.core.server_sent_event import EncodedEvent, ServerSentEvent

__all__ = ["BYTE_ORDER_MARK", "EventStreamDecoder", "parse_field"]

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_ASCII_DIGITS = re.compile(rb"[0-9]+")
_LF = 0x0A


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
        # Lines of data that are complete, and the newest one by where it is in the bytes being fed, so that a picture,
        # which is one line, is not copied.
        self._data: list[bytes] = []
        self._newest: tuple[bytes, int, int] | None = None
        self._data_bytes = 0
        self._event = ""
        self._retry: int | None = None

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Take the next bytes of the stream and return the events they complete.

        Raises:
            EventTooLargeError: An unfinished event is larger than ``max_event_bytes``.
        """
        return [event.decoded() for event in self.feed_encoded(data)]

    def feed_encoded(self, data: bytes) -> list[EncodedEvent]:
        """The same as :meth:`feed`, and leave the decoding of each event's data to the caller.

        Raises:
            EventTooLargeError: As with :meth:`feed`.
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
        events: list[EncodedEvent] = []
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
        self._own_newest()
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

    def _take_line(self, data: bytes, start: int, end: int) -> EncodedEvent | None:
        line_start, self._line_start = self._line_start, self.offset
        if start == end:
            return self._dispatch()
        if self._block_offset is None:
            self._block_offset = line_start
        name, value_start = _field(data, start, end)
        if name == b"data":
            self._own_newest()
            self._newest = data, value_start, end
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

    def _own_newest(self) -> None:
        # What is kept must not keep all that was fed with it.
        if self._newest is not None:
            source, start, end = self._newest
            self._data.append(source[start:end])
            self._newest = None

    def _dispatch(self) -> EncodedEvent | None:
        self.last_event_id = self._id_buffer
        event = None
        if self._block_offset is not None and (self._newest is not None or self._data):
            source, start, end = self._whole_data()
            event = EncodedEvent(
                self._event or "message", source, start, end, self.last_event_id, self._retry, self._block_offset
            )
        self._start_block()
        return event

    def _whole_data(self) -> tuple[bytes, int, int]:
        if self._newest is not None and not self._data:
            return self._newest
        self._own_newest()
        data = b"\n".join(self._data)
        return data, 0, len(data)

    def _start_block(self) -> None:
        self._block_offset = None
        self._data = []
        self._newest = None
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
