"""What was on the wire, and when.

A transcript is one request and everything that came back. All instants are nanoseconds on a monotonic clock,
counted from the moment the request was started (before name resolution). Headers are ordered pairs, since
order and repetition carry meaning. How a stream ended is data, not the text of an exception.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

__all__ = [
    "Chunk",
    "Ending",
    "Headers",
    "Phases",
    "Redirect",
    "Request",
    "ResponseHead",
    "StreamEnd",
    "Transcript",
]

Headers = tuple[tuple[str, str], ...]


class Ending(Enum):
    """How an exchange ended."""

    COMPLETE = "complete"
    """The message ended as its framing says: zero chunk, Content-Length reached, END_STREAM."""
    CLOSED = "closed"
    """The peer closed the connection, which is the only end a close-delimited HTTP/1 body has."""
    TRUNCATED = "truncated"
    """The peer closed before the framing said the message was over."""
    RESET = "reset"
    """The connection or the HTTP/2 stream was reset."""
    PROTOCOL_ERROR = "protocol_error"
    """The peer sent bytes that are not HTTP."""
    TIMED_OUT = "timed_out"
    """Nothing arrived for the recorder's longest wait, or the whole exchange took too long."""
    LIMIT_REACHED = "limit_reached"
    """The recorder stopped at one of its own limits (bytes or events)."""
    ABANDONED = "abandoned"
    """We hung up: the probe had seen enough, or the user pressed Ctrl-C."""
    UNREACHABLE = "unreachable"
    """No connection was made: name not found, refused, no route."""
    TLS_FAILED = "tls_failed"
    """The TLS handshake failed, an untrusted certificate included."""

    @property
    def is_clean(self) -> bool:
        """Whether a reader sees a normal end of stream."""
        return self in (Ending.COMPLETE, Ending.CLOSED)

    @property
    def is_ours(self) -> bool:
        """Whether the recorder, not the endpoint, ended the exchange."""
        return self in (Ending.LIMIT_REACHED, Ending.ABANDONED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The request as it was sent; its headers, which may hold a key, are in no ``repr``."""

    method: str
    url: str
    headers: Headers = field(default=(), repr=False)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseHead:
    """Status line and header fields.

    Attributes:
        status: The status code.
        http_version: ``HTTP/1.0``, ``HTTP/1.1`` or ``HTTP/2``.
        headers: Every field line in the order received, names as they were written.
    """

    status: int
    http_version: str = "HTTP/1.1"
    headers: Headers = ()

    def values(self, name: str) -> tuple[str, ...]:
        """The values of every field line of that name, in order; names compare without case."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)

    def value(self, name: str) -> str | None:
        """The field's values joined with a comma (RFC 9110, section 5.3), or None when absent."""
        values = self.values(name)
        return ", ".join(values) if values else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """One hop that was followed: where it was asked, what it answered."""

    url: str
    head: ResponseHead


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Body bytes as one read delivered them, transfer coding removed, content coding kept.

    Pieces with the same ``at_ns`` came out of the same read of the socket.
    """

    at_ns: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """When each phase of the last connection was over, in nanoseconds; None for one that did not happen."""

    resolved_ns: int | None = None
    connected_ns: int | None = None
    tls_ns: int | None = None
    request_sent_ns: int | None = None
    head_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEnd:
    """How and when the exchange ended, and one line of detail for people."""

    ending: Ending
    at_ns: int
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """One recorded exchange.

    Attributes:
        probe: The name of the probe that asked.
        request: What was sent first (before any redirect).
        end: How it ended.
        head: The last response's head; None when none came.
        chunks: The body of that response.
        redirects: Hops that were followed.
        phases: Instants of the connection's phases.
        started_at: Wall-clock start, ISO 8601 in UTC; for people, never for arithmetic.
        masked_secrets: How many times a credential of the request was found in what the endpoint sent
            back, and masked before anything was kept.
    """

    probe: str
    request: Request
    end: StreamEnd
    head: ResponseHead | None = None
    chunks: tuple[Chunk, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    phases: Phases = Phases()
    started_at: str = ""
    masked_secrets: int = 0

    @cached_property
    def body(self) -> bytes:
        """All chunks joined: the body before its content coding is removed."""
        return b"".join(chunk.data for chunk in self.chunks)

    @cached_property
    def _chunk_starts(self) -> tuple[int, ...]:
        starts, offset = [], 0
        for chunk in self.chunks:
            starts.append(offset)
            offset += len(chunk.data)
        return tuple(starts)

    def chunk_index(self, offset: int) -> int:
        """Index of the chunk that holds the body byte at ``offset`` (the last one for the end of the body).

        Raises:
            IndexError: The body is empty.
        """
        if not self.chunks:
            raise IndexError("the transcript has no body")
        index = bisect_right(self._chunk_starts, offset) - 1
        # Empty chunks share a start with their successor; the byte is in the last of them.
        return max(index, 0)

    def instant_ns(self, offset: int) -> int:
        """When the body byte at ``offset`` arrived."""
        return self.chunks[self.chunk_index(offset)].at_ns
