"""A transcript turned back into what its server wrote: bytes with HTTP framing, instants, and the way it ended."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from itertools import groupby

from conformance.core import Ending, Recut, ResponseHead, Transcript, UsageError

__all__ = ["Farewell", "Framing", "Script", "Step", "write_script"]

_GARBAGE = b"this is no chunk size\r\n\r\n"
_COMMENT = b": still here\n\n"


class Framing(Enum):
    """How a reader of HTTP/1 knows where the body ends."""

    CHUNKED = "chunked"
    LENGTH = "Content-Length"
    CLOSE = "the end of the connection"
    NO_BODY = "a status that has no body"

    @classmethod
    def of(cls, head: ResponseHead) -> "Framing":
        """The framing that the header fields announce (RFC 9112, section 6.3)."""
        if head.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED):
            return cls.NO_BODY
        codings = (head.value("transfer-encoding") or "").lower().split(",")
        if codings[-1].strip() == "chunked":
            return cls.CHUNKED
        return cls.CLOSE if head.value("content-length") is None else cls.LENGTH


class Farewell(Enum):
    """What the server does once everything is sent."""

    CLOSE = "close"
    RESET = "reset"
    STALL = "stall"
    """Say nothing more until the client leaves."""
    COMMENTS = "comments"
    """Send a comment now and then until the client leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Bytes that leave together, and the recorded instant at which they came."""

    at_ns: int
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Everything a server does for one request.

    Attributes:
        steps: What it sends.
        farewell: What it does then.
        farewell_ns: When, as recorded.
        comment: A comment in the framing of the body.
    """

    steps: tuple[Step, ...]
    farewell: Farewell
    farewell_ns: int
    comment: bytes = b""


_FAREWELLS = {
    Ending.RESET: Farewell.RESET,
    Ending.TIMED_OUT: Farewell.STALL,
    Ending.LIMIT_REACHED: Farewell.COMMENTS,
    Ending.ABANDONED: Farewell.COMMENTS,
}


def write_script(transcript: Transcript, recut: Recut | None = None) -> Script:
    """Write the script of an HTTP/1 exchange.

    What followed where the recorder itself stopped was never seen: there the stream goes on with comments, and
    where a comment would break the answer, with silence.

    Raises:
        UsageError: The transcript cannot be played.
    """
    _check(transcript)
    head, end_ns = transcript.head, transcript.end.at_ns
    farewell = _FAREWELLS.get(transcript.end.ending, Farewell.CLOSE)
    framing = Framing.of(head) if head is not None else None
    if farewell is Farewell.COMMENTS and not (head is not None and _takes_comments(head)):
        farewell = Farewell.STALL
    steps = groupby(_steps(transcript, recut), key=lambda step: step.at_ns)
    return Script(
        steps=tuple(Step(at_ns=at_ns, data=b"".join(step.data for step in group)) for at_ns, group in steps),
        farewell=farewell,
        farewell_ns=end_ns,
        comment=_framed(_COMMENT) if framing is Framing.CHUNKED else _COMMENT,
    )


def _check(transcript: Transcript) -> None:
    head, ending = transcript.head, transcript.end.ending
    if head is not None and not head.http_version.startswith("HTTP/1"):
        raise UsageError(f"the transcript of {transcript.probe} is {head.http_version}: only HTTP/1 can be played")
    if ending in (Ending.UNREACHABLE, Ending.TLS_FAILED):
        raise UsageError(f"the transcript of {transcript.probe} holds no answer ({ending.value}): nothing to play")
    if head is not None and ending is Ending.PROTOCOL_ERROR and Framing.of(head) is not Framing.CHUNKED:
        raise UsageError(f"the transcript of {transcript.probe} ended in bytes that are not HTTP and were not kept")


def _steps(transcript: Transcript, recut: Recut | None) -> Iterator[Step]:
    head, phases, end = transcript.head, transcript.phases, transcript.end
    chunks = recut.apply(transcript.chunks) if recut is not None else transcript.chunks
    framing = Framing.of(head) if head is not None else None
    if head is not None:
        yield Step(at_ns=_head_ns(transcript, phases.head_ns), data=_head_bytes(head))
    for chunk in chunks:
        # An empty chunk would be the zero chunk, which ends the body.
        if chunk.data and framing is not Framing.NO_BODY:
            yield Step(at_ns=chunk.at_ns, data=_framed(chunk.data) if framing is Framing.CHUNKED else chunk.data)
    if end.ending is Ending.PROTOCOL_ERROR:
        yield Step(at_ns=end.at_ns, data=_GARBAGE)
    elif end.ending is Ending.COMPLETE and framing is Framing.CHUNKED:
        yield Step(at_ns=end.at_ns, data=b"0\r\n\r\n")


def _head_ns(transcript: Transcript, head_ns: int | None) -> int:
    instants = [chunk.at_ns for chunk in transcript.chunks[:1]]
    return min([head_ns if head_ns is not None else transcript.end.at_ns, *instants])


def _head_bytes(head: ResponseHead) -> bytes:
    known = {status.value: status.phrase for status in HTTPStatus}
    lines = [f"{head.http_version} {head.status} {known.get(head.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in head.headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def _framed(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def _takes_comments(head: ResponseHead) -> bool:
    is_event_stream = (head.value("content-type") or "").lower().startswith("text/event-stream")
    is_open = Framing.of(head) in (Framing.CHUNKED, Framing.CLOSE)
    return is_open and is_event_stream and head.value("content-encoding") is None
