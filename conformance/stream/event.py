"""A decoded event in its context: when it was whole, what its payload says, which pictures it carries."""

from dataclasses import dataclass
from functools import cached_property

from conformance.core import ServerSentEvent
from conformance.stream.payload import Payload
from conformance.stream.picture import Picture

__all__ = ["Event", "Events"]


@dataclass(frozen=True, eq=False, kw_only=True)
class Event:
    """A server-sent event in its context.

    Attributes:
        index: Its place among the events, from 0.
        at_ns: When the blank line that dispatched it arrived.
        chunk: Index of the chunk that completed it.
        sse: The event as decoded.
        payload: Its data as strict JSON.
        pictures: The pictures in its payload.
    """

    index: int
    at_ns: int
    chunk: int
    sse: ServerSentEvent
    payload: Payload
    pictures: tuple[Picture, ...]

    @property
    def offset(self) -> int:
        """Byte offset of the first line of its block."""
        return self.sse.offset


class Events(tuple[Event, ...]):
    """Some events of a stream, of which each is found at once however many there are."""

    @cached_property
    def _members(self) -> frozenset[Event]:
        return frozenset(self)

    def __contains__(self, event: object) -> bool:
        return event in self._members
