"""A server-sent event: as text, as the bytes that were sent, and written out again.

Source: WHATWG HTML, section 9.2, https://html.spec.whatwg.org/multipage/server-sent-events.html.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["EncodedEvent", "ServerSentEvent", "encode_event"]

_LINE_BREAKS = re.compile(r"\r\n|\r|\n")


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


class EncodedEvent(NamedTuple):
    """One event as the standard dispatches it, with its data as it was sent: for those who look at few of many.

    Attributes:
        event: The event's type; ``message`` when the stream did not name one.
        source: Bytes that hold the data buffer, lines joined with LF; often just what was fed, so that a picture is
            not copied. UTF-8, unless the stream is broken.
        start: Where the data starts in them.
        end: Where it ends.
        last_event_id: The last event ID in force when the event was dispatched.
        retry: The reconnection time this event's block set, in milliseconds, or None.
        offset: Byte offset, in the stream, of the first line of the event's block.
    """

    event: str
    source: bytes
    start: int
    end: int
    last_event_id: str = ""
    retry: int | None = None
    offset: int = 0

    @property
    def data(self) -> memoryview:
        """The data, without copying it."""
        return memoryview(self.source)[self.start : self.end]

    def decoded(self) -> ServerSentEvent:
        """The event with its data as text; what is not UTF-8 is replaced."""
        return ServerSentEvent(
            event=self.event,
            data=str(self.data, "utf-8", "replace"),
            last_event_id=self.last_event_id,
            retry=self.retry,
            offset=self.offset,
        )


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
