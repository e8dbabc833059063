"""Events of one response body, each with the instant of the read that completed it.

Locust's own readers ask for a fixed number of bytes and wait until they have them, which holds the end of an
event back until the next one comes. This one takes what has arrived, however little, and no more than one
block at a time, so that neither a slow event nor an endless one is waited for.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from geventhttpclient.response import HTTPParseError

from conformance.core import EventStreamDecoder, EventTooLargeError, ServerSentEvent
from load.stream_row import Outcome

__all__ = ["BLOCK_BYTES", "StreamFailure", "StreamReader", "TimedEvent"]

BLOCK_BYTES = 65_536
"""The most one read takes: what Linux hands over at once, and larger than most previews."""


class StreamFailure(Exception):  # noqa: N818 - what an endpoint did, not an error of ours
    """A stream failed. Locust's table of failures shows its text, so the text must not vary by itself.

    Attributes:
        outcome: Which kind of failure.
        detail: One line for people.
    """

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(f"{outcome.value}: {detail}" if detail else outcome.value)
        self.outcome = outcome
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedEvent:
    """An event, and the monotonic instant at which the read that completed it returned."""

    event: ServerSentEvent
    at_ns: int


class StreamReader:
    """Iterates over the events of a response body while they arrive.

    Attributes:
        body_bytes: How much of the body has been read.
    """

    def __init__(self, body: Any, *, head_ns: int, max_event_bytes: int) -> None:
        """Start after the head.

        Args:
            body: geventhttpclient's response, of which nothing has been read.
            head_ns: When the head was in; what came with it counts as having come then.
            max_event_bytes: Refuse an event that grows past this.
        """
        self.body_bytes = 0
        self._body = body
        self._head_ns = head_ns
        self._decoder = EventStreamDecoder(max_event_bytes=max_event_bytes)

    def __iter__(self) -> Iterator[TimedEvent]:
        """Yield events as they arrive.

        Raises:
            StreamFailure: Truncated, malformed or timed out.
        """
        for data, at_ns in self._blocks():
            self.body_bytes += len(data)
            try:
                events = self._decoder.feed(data)
            except EventTooLargeError as error:
                raise StreamFailure(Outcome.MALFORMED, str(error)) from error
            for event in events:
                yield TimedEvent(event=event, at_ns=at_ns)
        self._decoder.close()

    def _blocks(self) -> Iterator[tuple[bytes, int]]:
        # The response has no public call for "whatever is there": readline waits for a line feed, which a
        # stream with CR line endings never sends, and read waits for a length.
        at_ns = self._head_ns
        while True:
            if self._body._body_buffer:
                data = bytes(self._body._body_buffer)
                self._body._body_buffer.clear()
                yield data, at_ns
            if self._body.message_complete:
                return
            at_ns = self._receive()

    def _receive(self) -> int:
        received: bytes | None = None
        try:
            received = self._body._sock.recv(BLOCK_BYTES)
            at_ns = time.monotonic_ns()
            # Nothing at all is the end of the connection, which the parser must hear about too: it ends
            # a body that has no other end.
            self._body.feed(received)
        except TimeoutError as error:
            raise StreamFailure(Outcome.TIMED_OUT, "the stream fell silent") from error
        except HTTPParseError as error:
            if received:
                raise StreamFailure(Outcome.MALFORMED, "the body's chunks are not valid HTTP") from error
            raise _truncated() from error
        except OSError as error:
            raise _truncated() from error
        if not received and not self._body.message_complete:
            raise _truncated()
        return at_ns


def _truncated() -> StreamFailure:
    return StreamFailure(Outcome.TRUNCATED, "the connection closed before the body was over")
