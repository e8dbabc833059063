"""Servers that are right and unusual, each with what is odd about it and how that shows."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from conformance.core import Transcript
from tests.end_to_end.servers import (
    aiohttp_app,
    fastapi_streaming,
    flask_app,
    gzip_app,
    oddities,
    sse_starlette_app,
    standard_library,
)
from tests.end_to_end.servers.standard_library import EVENT_STREAM, Framing
from tests.end_to_end.servers.story import usual

__all__ = ["ALWAYS_COMPRESSED", "CASES", "GZIP", "Oddity", "Serve", "header", "spoken_in"]

NS_PER_SECOND = 1_000_000_000

NO_CACHE_CONTROL = "fal's documented example sets no Cache-Control"
ALWAYS_COMPRESSED = "the server never reads Accept-Encoding"
ENDS_BY_CLOSING = "the body ends with the connection"

GZIP = b"\x1f\x8b"

Serve = Callable[[], AbstractContextManager[str]]
Oddity = Callable[[Transcript], bool]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A server, and what is odd about it.

    Attributes:
        serve: Runs it and gives its URL.
        oddity: Whether a transcript of a generation shows what is odd.
        announced: Why a SHOULD falls short, by rule.
        payload: Members of the request beside the prompt.
        options: Options of rules, so that what takes a minute in life takes a second here.
    """

    serve: Serve
    oddity: Oddity
    announced: Mapping[str, str] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def telling(story: Callable[[], Any]) -> Serve:
    """FastAPI with a story that is told when it starts, not when tests are collected."""
    return lambda: fastapi_streaming.serve(story())


def framed(framing: Framing, **shape: Any) -> Serve:
    return lambda: standard_library.serve(usual(**shape), framing=framing)


def typed(content_type: str) -> Case:
    """The Content-Type in this spelling, in front of a stream that is quick."""
    headers = {**EVENT_STREAM, "Content-Type": content_type}
    return Case(
        serve=lambda: standard_library.serve(oddities.cached(), headers=headers),
        oddity=lambda transcript: header(transcript, "content-type") == content_type,
    )


def header(transcript: Transcript, name: str) -> str | None:
    return transcript.head.value(name) if transcript.head else None


def spoken_in(version: str) -> Oddity:
    return lambda transcript: transcript.head is not None and transcript.head.http_version == version


def event_sizes(transcript: Transcript) -> list[int]:
    return list(map(len, transcript.body.split(b"\n\n")))


def seconds_between(transcript: Transcript, first: bytes, last: bytes) -> float:
    """Time from the arrival of one byte string to that of another."""
    instants = [transcript.instant_ns(transcript.body.index(mark)) for mark in (first, last)]
    return (instants[1] - instants[0]) / NS_PER_SECOND


CASES: Mapping[str, Case] = {
    "FastAPI on h11": Case(
        serve=lambda: fastapi_streaming.serve(usual(), parser="h11"),
        oddity=lambda transcript: header(transcript, "server") == "uvicorn",
    ),
    "FastAPI on httptools": Case(
        serve=lambda: fastapi_streaming.serve(usual(), parser="httptools"),
        oddity=lambda transcript: header(transcript, "server") == "uvicorn",
    ),
    "FastAPI without Cache-Control": Case(
        serve=lambda: fastapi_streaming.serve(usual(), headers={}),
        oddity=lambda transcript: header(transcript, "cache-control") is None,
        announced={"H09": NO_CACHE_CONTROL},
    ),
    "sse-starlette": Case(
        serve=lambda: sse_starlette_app.serve(usual(first_seconds=1.2)),
        oddity=lambda transcript: transcript.body.startswith(b": ping - 20") and b"}\r\n\r\n" in transcript.body,
    ),
    "aiohttp": Case(
        serve=lambda: aiohttp_app.serve(usual()),
        oddity=lambda transcript: b"event: final\n" in transcript.body,
    ),
    "Flask": Case(
        serve=lambda: flask_app.serve(usual()),
        oddity=lambda transcript: "Werkzeug" in (header(transcript, "server") or ""),
    ),
    "gzip, flushed at each event": Case(
        serve=lambda: gzip_app.serve(usual()),
        oddity=lambda transcript: transcript.body.startswith(GZIP),
        announced={"H13": ALWAYS_COMPRESSED},
    ),
    "a byte at a time": Case(
        serve=framed(Framing.BYTE_AT_A_TIME, side=64),
        oddity=lambda transcript: max(len(chunk.data) for chunk in transcript.chunks) == 1,
    ),
    "chunk extensions and trailers": Case(
        serve=framed(Framing.EXTENSIONS_AND_TRAILERS),
        oddity=lambda transcript: header(transcript, "trailer") == "Server-Timing",
    ),
    "HTTP/1.0": Case(
        serve=framed(Framing.CLOSED_IN_HTTP_1_0),
        oddity=spoken_in("HTTP/1.0"),
    ),
    "a body that ends with the connection": Case(
        serve=framed(Framing.CLOSED),
        oddity=lambda transcript: header(transcript, "transfer-encoding") is None,
        announced={"H05": ENDS_BY_CLOSING},
    ),
    "a 307 to the stream": Case(
        serve=lambda: fastapi_streaming.serve_behind_redirect(usual()),
        oddity=lambda transcript: [hop.head.status for hop in transcript.redirects] == [307],
    ),
    "a slow first event": Case(
        serve=telling(oddities.slow_first_event),
        oddity=lambda transcript: seconds_between(transcript, b": still", b"data:") > 1.2,
        options={
            "C03": {"silence_limit_seconds": 0.6, "slack_seconds": 0.6},
            "C08": {"least_interval_seconds": oddities.HEARTBEAT_SECONDS, "bunching_seconds": 0.5},
        },
    ),
    "one step": Case(
        serve=telling(oddities.one_step),
        oddity=lambda transcript: transcript.body.count(b"data: ") == 1,
        payload={"num_inference_steps": 1},
    ),
    "one preview": Case(
        serve=telling(oddities.one_preview),
        oddity=lambda transcript: transcript.body.count(b"data: ") == 2,
    ),
    "a cached result": Case(
        serve=telling(oddities.cached),
        oddity=lambda transcript: transcript.end.at_ns < NS_PER_SECOND // 2,
    ),
    "text before the pictures": Case(
        serve=telling(oddities.text_before_pictures),
        oddity=lambda transcript: transcript.body.startswith(b'data: {"type": "progress"'),
    ),
    "a batch of two": Case(
        serve=telling(oddities.two_pictures),
        oddity=lambda transcript: transcript.body.count(b'"url"') == 10,
    ),
    "previews of the first of two": Case(
        serve=telling(oddities.one_preview_of_two_pictures),
        oddity=lambda transcript: transcript.body.count(b'"url"') == 6,
    ),
    "WebP": Case(
        serve=lambda: fastapi_streaming.serve(usual(image_format="WEBP")),
        oddity=lambda transcript: transcript.body.count(b"data:image/webp;") == 5,
    ),
    "PNG": Case(
        serve=lambda: fastapi_streaming.serve(usual(image_format="PNG")),
        oddity=lambda transcript: transcript.body.count(b"data:image/png;") == 5,
    ),
    "pictures behind URLs": Case(
        serve=telling(oddities.behind_urls),
        oddity=lambda transcript: transcript.body.count(b"https://") == 5,
    ),
    "a final of 3 MB": Case(
        serve=telling(oddities.large_final),
        oddity=lambda transcript: len(transcript.body) > 3_000_000,
    ),
    "noise at first": Case(
        serve=telling(oddities.noise_at_first),
        oddity=lambda transcript: event_sizes(transcript)[0] > 2 * event_sizes(transcript)[2],
    ),
    "five previews at 20 Hz after a cold start": Case(
        serve=telling(oddities.burst_after_cold_start),
        oddity=lambda transcript: seconds_between(transcript, b'"step": 1', b'"step": 5') < 0.5,
    ),
    "no charset": typed("text/event-stream"),
    "a charset without a space, in capitals": typed("text/event-stream;charset=UTF-8"),
    "a quoted charset": typed('text/event-stream; charset="utf-8"'),
    "a charset without its hyphen": typed("text/event-stream; Charset=utf8"),
    "a semicolon and no parameter": typed("text/event-stream;"),
}
