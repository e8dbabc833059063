"""The response of Locust's fast client, read as it arrives.

Locust's own readers ask for a fixed number of bytes and wait until they have them, which holds the end of an event
back until the next one comes. This one takes what has arrived, however little, and no more than one block at a time.
"""

from collections.abc import Iterator
from typing import Any

from geventhttpclient.response import HTTPParseError, HTTPSocketResponse

from load.stream_row import Outcome
from load.streaming.reading.exchange import Exchange
from load.streaming.reading.stream_failure import StreamFailure, truncated
from load.streaming.reading.stream_reader import BLOCK_BYTES, Block, ResponseHead

__all__ = ["FastReader"]


class FastReader:
    """Reads one response.

    Attributes:
        head_ns: When the read that completed the head returned; None until then.
    """

    def __init__(self, exchange: Exchange) -> None:
        """Begin with a request that has not been sent."""
        self.head_ns: int | None = None
        self._exchange = exchange
        self._response: Any = None

    @property
    def sent_ns(self) -> int:
        """Just before the request's first byte was written."""
        return self._exchange.sent_ns

    def open(self, request: bytes) -> ResponseHead:
        """Send the request, and wait for the head.

        Raises:
            StreamFailure: None came.
        """
        self._exchange.send(request)
        try:
            self._response = _Response(self._exchange, block_size=BLOCK_BYTES, method="POST")
        except HTTPParseError as error:
            if "connection closed" in str(error):
                raise truncated(self._exchange.where()) from error
            raise StreamFailure(Outcome.MALFORMED, "the response head is not valid HTTP") from error
        self.head_ns = self._exchange.at_ns
        self._exchange.head_is_in()
        return ResponseHead(status=self._response.get_code(), fields=_fields(self._response))

    def blocks(self) -> Iterator[Block]:
        """The body as it arrives, to its end.

        Raises:
            StreamFailure: The body did not end as its framing says.
        """
        while True:
            if self._response._body_buffer:
                yield self._block_in()
            if self._response.message_complete:
                return
            self._receive()

    def close(self) -> None:
        """Give the connection back when the body is over; hang up when it is not."""
        is_reusable = self._response is not None and not self._response.should_close()
        self._exchange.release(is_reusable=is_reusable)

    def _block_in(self) -> Block:
        # The response has no public call for "whatever is there": readline waits for a line feed, which a stream
        # with CR line endings never sends, and read waits for a length.
        body = self._response._body_buffer
        data = bytes(body)
        body.clear()
        return Block(data, self._exchange.at_ns, self._exchange.kernel_ns)

    def _receive(self) -> None:
        received = self._exchange.recv(BLOCK_BYTES)
        try:
            # Nothing at all is the end of the connection, which the parser must hear about too: it ends a body
            # that has no other end.
            self._response.feed(received)
        except HTTPParseError as error:
            if not received:
                raise truncated(self._exchange.where()) from error
            if not self._response.message_complete:
                raise StreamFailure(Outcome.MALFORMED, "the body's chunks are not valid HTTP") from error
        if not received and not self._response.message_complete:
            raise truncated(self._exchange.where())


class _Response(HTTPSocketResponse):
    def release(self) -> None:
        """Nothing: the exchange holds the connection, and knows when it is over."""


def _fields(response: Any) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in response.items():
        key, text = str(name).lower(), str(value).strip()
        fields[key] = f"{fields[key]}, {text}" if key in fields else text
    return fields
