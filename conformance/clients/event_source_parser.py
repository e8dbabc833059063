"""A model of the npm package eventsource-parser 1.1, on which fal's JavaScript client sits, faults included.

Two of its ways differ from the standard (both seen with the real package, which the tests compare with this model):
each search for the end of a line begins at the start of what is buffered, so that a carriage return anywhere before
makes it skip a line feed; and a line feed that begins a chunk ends a line of its own, even after a carriage return.
"""

__all__ = ["EventSourceParser"]

# The package looks for the bytes of a byte order mark among characters.
_MARK = "\u00ef\u00bb\u00bf"
_NOT_SEEN = -1


class EventSourceParser:
    """Text in as it was decoded chunk by chunk, the data of events out."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._is_first = True
        self._buffer = ""
        self._searched = 0
        self._data = ""

    def feed(self, text: str) -> list[str]:
        """The data of the events that the text completes."""
        buffer = self._buffer + text
        if self._is_first:
            buffer = buffer.removeprefix(_MARK)
            self._is_first = False
        events, position = self._lines(buffer)
        self._buffer = buffer[position:]
        return events

    def _lines(self, buffer: str) -> tuple[list[str], int]:
        """The events of the whole lines, and where the rest begins."""
        events: list[str] = []
        position, skips_line_feed = 0, False
        carriage_return = buffer.find("\r", self._searched)
        while position < len(buffer):
            if skips_line_feed and buffer[position] == "\n":
                position += 1
            end = _line_end(buffer, max(position, self._searched), has_carriage_return=carriage_return != _NOT_SEEN)
            if end == _NOT_SEEN:
                self._searched = len(buffer) - position
                return events, position
            self._searched = 0
            events += self._line(buffer[position:end])
            skips_line_feed = _NOT_SEEN < carriage_return <= end
            position = end + 1
        return events, position

    def _line(self, line: str) -> list[str]:
        if not line:
            data, self._data = self._data, ""
            return [data[:-1]] if data else []
        name, colon, value = line.partition(":")
        if name == "data":
            self._data += f"{value.removeprefix(' ') if colon else ''}\n"
        return []


def _line_end(buffer: str, start: int, *, has_carriage_return: bool) -> int:
    line_feed = buffer.find("\n", start)
    if not has_carriage_return:
        return line_feed
    carriage_return = buffer.find("\r", start, line_feed if line_feed != _NOT_SEEN else len(buffer))
    return line_feed if carriage_return == _NOT_SEEN else carriage_return
