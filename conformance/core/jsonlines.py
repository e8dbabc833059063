"""Transcripts as lines of text.

The first line names the format and its version; then come, one JSON object a line, the request, each
redirect that was followed, the head, each chunk, and the end. A file cut short, in the middle of a line too,
is readable up to the cut.
Chunks are text where they are valid UTF-8 and base64 where they are not, so that reading back is exact.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, astuple
from typing import Any, TypeVar

from conformance.core.bounds import StreamBounds, StreamMeter
from conformance.core.errors import StreamTooLargeError, TranscriptError
from conformance.core.transcript import (
    Chunk,
    Ending,
    Headers,
    Phases,
    Redirect,
    Request,
    ResponseHead,
    StreamEnd,
    Transcript,
)

__all__ = ["FORMAT", "VERSION", "read_transcript", "write_transcript"]

FORMAT = "fal-stream-transcript"
VERSION = 1

_T = TypeVar("_T")
_REPEATED = ("redirect", "chunk")
_MOST_REDIRECTS = 100


def write_transcript(transcript: Transcript) -> Iterator[str]:
    """The lines of a transcript, without line breaks."""
    yield _line(
        "transcript",
        format=FORMAT,
        version=VERSION,
        probe=transcript.probe,
        started_at=transcript.started_at,
        masked_secrets=transcript.masked_secrets,
    )
    request = transcript.request
    yield _line(
        "request",
        method=request.method,
        url=request.url,
        headers=request.headers,
        **_encode_bytes(request.body),
    )
    for redirect in transcript.redirects:
        yield _line("redirect", url=redirect.url, **asdict(redirect.head))
    yield _line("phases", **asdict(transcript.phases))
    if transcript.head is not None:
        yield _line("head", **asdict(transcript.head))
    for chunk in transcript.chunks:
        yield _line("chunk", at_ns=chunk.at_ns, **_encode_bytes(chunk.data))
    end = transcript.end
    yield _line("end", ending=end.ending.value, at_ns=end.at_ns, detail=end.detail)


def read_transcript(lines: Iterable[str]) -> Transcript:
    """Build the transcript that the lines describe.

    A file without its ``end`` line (the writer was killed) reads as abandoned at its last instant. A body is
    bounded as it is while it is recorded, so that no file can ask for more memory than an endpoint can.

    Raises:
        TranscriptError: The lines are not a transcript, one of a newer version, or one with too large a body; the
            text names the line.
    """
    reader = _Reader()
    unfinished: TranscriptError | None = None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if unfinished is not None:
            raise unfinished
        try:
            reader.take(json.loads(line))
        except json.JSONDecodeError as error:
            # Half a line is how a file that was cut short ends; with another line after it, it is damage.
            unfinished = TranscriptError(f"line {number} of the transcript is not valid: {error}")
        except (ValueError, TypeError, RecursionError, StreamTooLargeError) as error:
            raise TranscriptError(f"line {number} of the transcript is not valid: {error}") from error
    if unfinished is not None and not reader.is_readable:
        raise unfinished
    return reader.transcript()


class _Reader:
    def __init__(self) -> None:
        self._first: dict[str, Any] | None = None
        self._request: Request | None = None
        self._head: ResponseHead | None = None
        self._phases = Phases()
        self._redirects: list[Redirect] = []
        self._chunks: list[Chunk] = []
        self._meter = StreamMeter(StreamBounds())
        self._end: StreamEnd | None = None
        self._taken: set[str] = set()

    @property
    def is_readable(self) -> bool:
        return self._first is not None and self._request is not None

    def take(self, record: object) -> None:
        if not isinstance(record, dict):
            raise ValueError(f"it is a JSON {type(record).__name__}, expected an object")
        kind = _typed(record, "line", str)
        if self._first is None and kind != "transcript":
            raise ValueError(f"the first line must be a 'transcript' line, not {kind!r}")
        take: Callable[[dict[str, Any]], None] | None = getattr(self, f"_take_{kind}", None)
        if take is None:
            raise ValueError(f"unknown line {kind!r}")
        if "end" in self._taken or (kind in self._taken and kind not in _REPEATED):
            raise ValueError(f"a line {kind!r} is out of place here")
        take({name: value for name, value in record.items() if name != "line"})
        self._taken.add(kind)

    def transcript(self) -> Transcript:
        if self._first is None or self._request is None:
            raise TranscriptError("the file holds no transcript")
        instants = [*astuple(self._phases), *(chunk.at_ns for chunk in self._chunks)]
        last_ns = max((at_ns for at_ns in instants if at_ns is not None), default=0)
        return Transcript(
            **self._first,
            request=self._request,
            head=self._head,
            phases=self._phases,
            redirects=tuple(self._redirects),
            chunks=tuple(self._chunks),
            end=self._end
            or StreamEnd(ending=Ending.ABANDONED, at_ns=last_ns, detail="the file ends before the stream did"),
        )

    def _take_transcript(self, record: dict[str, Any]) -> None:
        if record.get("format") != FORMAT:
            raise ValueError(f"format is {record.get('format')!r}, expected {FORMAT!r}")
        version = _typed(record, "version", int)
        if version != VERSION:
            raise ValueError(f"version is {version}, this program reads {VERSION}")
        self._first = {
            "probe": _typed(record, "probe", str),
            "started_at": _typed(record, "started_at", str),
            "masked_secrets": _number(record, "masked_secrets"),
        }

    def _take_request(self, record: dict[str, Any]) -> None:
        self._request = Request(
            method=_typed(record, "method", str),
            url=_typed(record, "url", str),
            headers=_headers(record),
            body=_decode_bytes(record),
        )

    def _take_redirect(self, record: dict[str, Any]) -> None:
        if len(self._redirects) == _MOST_REDIRECTS:
            raise ValueError(f"there are more than {_MOST_REDIRECTS} redirects")
        self._redirects.append(Redirect(url=_typed(record, "url", str), head=_head(record)))

    def _take_phases(self, record: dict[str, Any]) -> None:
        for name in [name for name, value in record.items() if value is not None]:
            _number(record, name)
        self._phases = Phases(**record)

    def _take_head(self, record: dict[str, Any]) -> None:
        self._head = _head(record)

    def _take_chunk(self, record: dict[str, Any]) -> None:
        chunk = Chunk(at_ns=_number(record, "at_ns"), data=_decode_bytes(record))
        self._meter.read(chunk.data)
        self._chunks.append(chunk)

    def _take_end(self, record: dict[str, Any]) -> None:
        self._end = StreamEnd(
            ending=Ending(_typed(record, "ending", str)),
            at_ns=_number(record, "at_ns"),
            detail=_typed(record, "detail", str),
        )


def _line(kind: str, **fields: object) -> str:
    return json.dumps({"line": kind, **fields}, ensure_ascii=True, separators=(",", ":"))


def _typed(record: dict[str, Any], name: str, kind: type[_T]) -> _T:
    value = record.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"{name!r} is of type {type(value).__name__}, expected {kind.__name__}")
    return value


def _number(record: dict[str, Any], name: str, most: int = 2**63) -> int:
    value = _typed(record, name, int)
    if not 0 <= value <= most:
        raise ValueError(f"{name!r} is not between 0 and {most}")
    return value


def _head(record: dict[str, Any]) -> ResponseHead:
    return ResponseHead(
        status=_number(record, "status", most=999),
        http_version=_typed(record, "http_version", str),
        headers=_headers(record),
    )


def _headers(record: dict[str, Any]) -> Headers:
    pairs = _typed(record, "headers", list)
    if not all(isinstance(pair, list) and [type(part) for part in pair] == [str, str] for pair in pairs):
        raise ValueError("'headers' holds something else than pairs of a name and a value")
    return tuple((name, value) for name, value in pairs)


def _encode_bytes(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}


def _decode_bytes(record: dict[str, Any]) -> bytes:
    if "text" in record:
        return _typed(record, "text", str).encode("utf-8")
    return base64.b64decode(_typed(record, "base64", str), validate=True)
