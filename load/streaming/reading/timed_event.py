"""Events of one response body, each with the instants of the read that completed it."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from conformance.core import EncodedEvent, EventStreamDecoder, EventTooLargeError, ServerSentEvent
from load.stream_row import Outcome
from load.streaming.reading.stream_failure import StreamFailure
from load.streaming.reading.stream_reader import Block

__all__ = ["EventReader", "TimedEvent"]


class TimedEvent(NamedTuple):
    """An event and its instants, on the monotonic clock.

    Attributes:
        encoded: The event, with its data as it was sent.
        at_ns: When the read that completed it returned.
        kernel_ns: When the kernel received its last byte; None where it does not say.
    """

    encoded: EncodedEvent
    at_ns: int
    kernel_ns: int | None = None

    @property
    def event(self) -> ServerSentEvent:
        """The event with its data as text, decoded each time that it is asked for."""
        return self.encoded.decoded()


class EventReader:
    """Turns blocks of a body into events.

    Attributes:
        body_bytes: How much of the body has been read.
    """

    def __init__(self, *, max_event_bytes: int) -> None:
        """Start after the head; an event that grows past ``max_event_bytes`` is refused."""
        self.body_bytes = 0
        self._decoder = EventStreamDecoder(max_event_bytes=max_event_bytes)

    def events(self, blocks: Iterable[Block]) -> Iterator[TimedEvent]:
        """Yield events as they arrive.

        Raises:
            StreamFailure: Truncated, malformed or timed out.
        """
        # No event is held while the next is waited for: pictures of all streams then pass through the same few
        # pages of memory, which the processor still has at hand.
        return chain.from_iterable(map(self._events_of, blocks))

    def _events_of(self, block: Block) -> list[TimedEvent]:
        data, at_ns, kernel_ns = block
        self.body_bytes += len(data)
        try:
            events = self._decoder.feed_encoded(data)
        except EventTooLargeError as error:
            raise StreamFailure(Outcome.MALFORMED, str(error)) from error
        return [TimedEvent(event, at_ns, kernel_ns) for event in events]
