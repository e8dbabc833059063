"""The reader that adds least: one buffer for every stream of the process, and httptools to take HTTP's framing off."""

from collections.abc import Iterator

import httptools

from load.stream_row import Outcome
from load.streaming.reading.exchange import Exchange
from load.streaming.reading.stream_failure import StreamFailure, truncated
from load.streaming.reading.stream_reader import BLOCK_BYTES, Block, ResponseHead

__all__ = ["PreciseReader"]

# Every read of every stream goes through this: nothing switches to another greenlet between a read and its parsing.
_BUFFER = memoryview(bytearray(BLOCK_BYTES))


class PreciseReader:
    """Reads one response.

    Attributes:
        head_ns: When the read that completed the head returned; None until then.
    """

    def __init__(self, exchange: Exchange) -> None:
        """Begin with a request that has not been sent."""
        self.head_ns: int | None = None
        self._exchange = exchange
        self._parser = httptools.HttpResponseParser(self)
        self._fields: dict[str, str] = {}
        self._is_head_in = False
        self._is_over = False
        self._is_kept_alive = False
        self._is_spoilt = False
        self._pieces: list[bytes] = []

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
        while not self._is_head_in:
            if not self._receive():
                raise truncated(self._exchange.where())
        self.head_ns = self._exchange.at_ns
        self._exchange.head_is_in()
        return ResponseHead(status=self._parser.get_status_code(), fields=self._fields)

    def blocks(self) -> Iterator[Block]:
        """The body as it arrives, to its end.

        Raises:
            StreamFailure: The body did not end as its framing says.
        """
        while True:
            yield from self._blocks_in()
            if self._is_over:
                return
            if not self._receive():
                if not self._ends_with_the_connection:
                    raise truncated(self._exchange.where())
                return

    def close(self) -> None:
        """Give the connection back when the body is over; hang up when it is not."""
        self._exchange.release(is_reusable=self._is_over and self._is_kept_alive and not self._is_spoilt)

    def on_message_begin(self) -> None:
        """Called by httptools."""
        # A response that nobody asked for must not be taken for the answer to the next request.
        self._is_spoilt = self._is_over

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by httptools."""
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip()
        self._fields[key] = f"{self._fields[key]}, {text}" if key in self._fields else text

    def on_headers_complete(self) -> None:
        """Called by httptools."""
        if self._parser.get_status_code() < 200:
            # An interim response; the one that counts is still to come.
            self._fields = {}
        else:
            self._is_head_in = True

    def on_body(self, body: bytes) -> None:
        """Called by httptools."""
        self._pieces.append(body)

    def on_message_complete(self) -> None:
        """Called by httptools."""
        self._is_over = self._is_head_in
        # Asked later, the parser has forgotten.
        self._is_kept_alive = bool(self._parser.should_keep_alive())

    @property
    def _ends_with_the_connection(self) -> bool:
        return not {"content-length", "transfer-encoding"} & self._fields.keys()

    def _blocks_in(self) -> list[Block]:
        pieces, self._pieces = self._pieces, []
        at_ns, kernel_ns = self._exchange.at_ns, self._exchange.kernel_ns
        return [Block(piece, at_ns, kernel_ns) for piece in pieces]

    def _receive(self) -> bool:
        count = self._exchange.recv_into(_BUFFER)
        if not count:
            return False
        try:
            self._parser.feed_data(_BUFFER[:count])
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            # What a server sends after the body is over is not the stream's.
            self._is_spoilt = True
            if not self._is_over:
                part = "body's chunks are" if self._is_head_in else "response head is"
                raise StreamFailure(Outcome.MALFORMED, f"the {part} not valid HTTP") from error
        return True
