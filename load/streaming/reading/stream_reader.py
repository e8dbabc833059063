"""What a reader of a response is: it sends one request, and hands over the body in blocks while it arrives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol

__all__ = ["BLOCK_BYTES", "Block", "ReaderKind", "ResponseHead", "StreamReader"]

BLOCK_BYTES = 65_536
"""The most one read takes: what Linux hands over at once, and larger than most previews."""


class ReaderKind(Enum):
    """Which reader reads."""

    PRECISE = "precise"
    """One buffer for all streams and httptools: the least time between the kernel and the stamp."""
    FAST = "fast"
    """The response of Locust's fast client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseHead:
    """A response's head.

    Attributes:
        status: The status code.
        fields: Header fields by name in lower case; those that came more than once are joined by commas.
    """

    status: int
    fields: Mapping[str, str]


class Block(NamedTuple):
    """A piece of a body.

    Attributes:
        data: The bytes, without the framing of HTTP.
        at_ns: When the read that brought them returned, on the monotonic clock.
        kernel_ns: When the kernel received the last of them, on the same clock; None where it does not say.
    """

    data: bytes
    at_ns: int
    kernel_ns: int | None


class StreamReader(Protocol):
    """Reads one response."""

    @property
    def sent_ns(self) -> int:
        """Just before the request's first byte was written, on an open connection."""

    @property
    def head_ns(self) -> int | None:
        """When the read that completed the head returned; None until then."""

    def open(self, request: bytes) -> ResponseHead:
        """Send the request, and wait for the head.

        Raises:
            StreamFailure: None came.
        """

    def blocks(self) -> Iterator[Block]:
        """The body as it arrives, to its end.

        Raises:
            StreamFailure: The body did not end as its framing says.
        """

    def close(self) -> None:
        """Give the connection back when the body is over; hang up when it is not."""
