"""Transcripts as lines of text.

The first line names the format and its version; then come, one JSON object a line, the request, each
redirect that was followed, the head, each chunk, and the end. A file cut short is readable up to the cut.
Chunks are text where they are valid UTF-8 and base64 where they are not, so that reading back is exact.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Any

from conformance.core.errors import TranscriptError
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

    A file without its ``end`` line (the writer was killed) reads as abandoned at its last chunk.

    Raises:
        TranscriptError: The lines are not a transcript, or one of a newer version; the text names the line.
    """
    reader = _Reader()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                reader.take(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise TranscriptError(f"line {number} of the transcript is not valid: {error}") from error
    return reader.transcript()


class _Reader:
    def __init__(self) -> None:
        self._first: dict[str, Any] | None = None
        self._request: Request | None = None
        self._head: ResponseHead | None = None
        self._phases = Phases()
        self._redirects: list[Redirect] = []
        self._chunks: list[Chunk] = []
        self._end: StreamEnd | None = None

    def take(self, record: dict[str, Any]) -> None:
        kind = record.pop("line")
        if self._first is None and kind != "transcript":
            raise ValueError(f"the first line must be a 'transcript' line, not {kind!r}")
        take: Callable[[dict[str, Any]], None] | None = getattr(self, f"_take_{kind}", None)
        if take is None:
            raise ValueError(f"unknown line {kind!r}")
        take(record)

    def transcript(self) -> Transcript:
        if self._first is None or self._request is None:
            raise TranscriptError("the file holds no transcript")
        last_ns = self._chunks[-1].at_ns if self._chunks else 0
        return Transcript(
            probe=self._first["probe"],
            started_at=self._first["started_at"],
            masked_secrets=self._first["masked_secrets"],
            request=self._request,
            head=self._head,
            phases=self._phases,
            redirects=tuple(self._redirects),
            chunks=tuple(self._chunks),
            end=self._end
            or StreamEnd(
                ending=Ending.ABANDONED, at_ns=last_ns, detail="the file ends before the stream did"
            ),
        )

    def _take_transcript(self, record: dict[str, Any]) -> None:
        if record["format"] != FORMAT:
            raise ValueError(f"format is {record['format']!r}, expected {FORMAT!r}")
        if record["version"] != VERSION:
            raise ValueError(f"version is {record['version']!r}, this program reads {VERSION}")
        self._first = record

    def _take_request(self, record: dict[str, Any]) -> None:
        self._request = Request(
            method=record["method"],
            url=record["url"],
            headers=_headers(record["headers"]),
            body=_decode_bytes(record),
        )

    def _take_redirect(self, record: dict[str, Any]) -> None:
        self._redirects.append(Redirect(url=record.pop("url"), head=_head(record)))

    def _take_phases(self, record: dict[str, Any]) -> None:
        self._phases = Phases(**record)

    def _take_head(self, record: dict[str, Any]) -> None:
        self._head = _head(record)

    def _take_chunk(self, record: dict[str, Any]) -> None:
        self._chunks.append(Chunk(at_ns=record["at_ns"], data=_decode_bytes(record)))

    def _take_end(self, record: dict[str, Any]) -> None:
        self._end = StreamEnd(ending=Ending(record["ending"]), at_ns=record["at_ns"], detail=record["detail"])


def _line(kind: str, **fields: object) -> str:
    return json.dumps({"line": kind, **fields}, ensure_ascii=True, separators=(",", ":"))


def _head(record: dict[str, Any]) -> ResponseHead:
    return ResponseHead(
        status=record["status"],
        http_version=record["http_version"],
        headers=_headers(record["headers"]),
    )


def _headers(pairs: Iterable[Iterable[str]]) -> Headers:
    return tuple((str(name), str(value)) for name, value in pairs)


def _encode_bytes(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}


def _decode_bytes(record: dict[str, Any]) -> bytes:
    if "text" in record:
        return str(record["text"]).encode("utf-8")
    return base64.b64decode(record["base64"], validate=True)
