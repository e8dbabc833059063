"""Servers that are right and unusual stay green: real frameworks over real sockets, judged by every rule.

Each case says which advice (SHOULD) its server does not follow, and why that is so; anything else that falls short is
a false alarm. Each case also proves that its oddity was on the wire, so that none passes for lack of it.
"""

import importlib.util
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from conformance.catalogue import Level, Verdict
from conformance.core import Transcript
from conformance.examination import check_endpoint
from conformance.judging.report import Outcome, Report
from conformance.profiles.profile_file import load_profile
from conformance.recorders import Recorder
from tests.end_to_end.servers import (
    aiohttp_app,
    fastapi_streaming,
    flask_app,
    gzip_app,
    http2_by_hand,
    hypercorn_http2,
    nginx_proxy,
    node_http,
    oddities,
    sse_starlette_app,
    standard_library,
)
from tests.end_to_end.servers.standard_library import EVENT_STREAM, Framing
from tests.end_to_end.servers.story import usual

pytestmark = pytest.mark.slow

KEEP_ALIVE = {"cache-control": "no-cache", "connection": "keep-alive"}
PROMPT = "a sun over hills"
NS_PER_SECOND = 1_000_000_000

NO_CACHE_CONTROL = "fal's documented example sets no Cache-Control"
ALWAYS_COMPRESSED = "the server never reads Accept-Encoding"
ENDS_BY_CLOSING = "the body ends with the connection"

GZIP = b"\x1f\x8b"
NOTHING: Mapping[str, Any] = MappingProxyType({})

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


def fallen_short(report: Report, level: Level) -> dict[str, str]:
    return {
        result.rule.id: result.findings[0].message if result.findings else result.reason
        for result in report.results
        if result.verdict.falls_short and result.rule.level is level
    }


def check(
    url: str,
    *,
    payload: Mapping[str, Any] = NOTHING,
    options: Mapping[str, Mapping[str, Any]] = NOTHING,
    recorder: Recorder | None = None,
) -> Report:
    profile = replace(load_profile("fal-image"), options=options)
    return check_endpoint(url, payload={"prompt": PROMPT, **payload}, profile=profile, recorder=recorder)


def assert_green(report: Report, oddity: Oddity, announced: Mapping[str, str] = NOTHING) -> None:
    """No MUST falls short, of the SHOULDs exactly those announced, and the oddity was there."""
    advice = fallen_short(report, Level.SHOULD)
    unannounced = {id_: message for id_, message in advice.items() if id_ not in announced}
    assert (fallen_short(report, Level.MUST), unannounced, report.outcome) == ({}, {}, Outcome.HELD)
    assert set(advice) == set(announced)
    assert oddity(report.transcripts[0])


def verdict(report: Report, id_: str) -> Verdict:
    return next(result.verdict for result in report.results if result.rule.id == id_)


def executable(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.parametrize("name", CASES)
def test_a_good_but_odd_server_stays_green(name: str) -> None:
    """Only the advice falls short that the server is known not to follow."""
    case = CASES[name]
    with case.serve() as url:
        report = check(url, payload=case.payload, options=case.options)
    assert_green(report, case.oddity, case.announced)


@pytest.mark.skipif(importlib.util.find_spec("fastapi.sse") is None, reason="this FastAPI has no event streams")
def test_fastapis_own_event_stream_stays_green() -> None:
    """A generator endpoint with FastAPI's keep-alives passes."""
    from tests.end_to_end.servers import fastapi_event_source

    with fastapi_event_source.serve(usual(first_seconds=1.2)) as url:
        report = check(url)
    assert_green(report, lambda transcript: transcript.body.startswith(b": ping\n\n"))


def test_nodes_http_module_stays_green(tmp_path: Path) -> None:
    """A stream that Node writes event by event passes."""
    with node_http.serve(usual(), tmp_path, node=executable("node")) as url:
        report = check(url)
    assert_green(report, lambda transcript: header(transcript, "connection") == "keep-alive")


def test_nodes_flushed_gzip_stays_green(tmp_path: Path) -> None:
    """A stream whose gzip Node flushes at each event passes but for H13."""
    with node_http.serve(usual(), tmp_path, node=executable("node"), compressed=True) as url:
        report = check(url)
    assert_green(report, lambda transcript: transcript.body.startswith(GZIP), {"H13": ALWAYS_COMPRESSED})


def test_nginx_in_front_stays_green(tmp_path: Path) -> None:
    """A proxy without buffering passes, although nginx removes X-Accel-Buffering."""
    with nginx_proxy.serve(usual(), tmp_path, nginx=executable("nginx")) as url:
        report = check(url)
    assert_green(
        report,
        lambda transcript: (
            "nginx" in (header(transcript, "server") or "") and header(transcript, "x-accel-buffering") is None
        ),
    )


def test_http2_stays_green(tmp_path: Path) -> None:
    """A stream over HTTP/2, from hypercorn, passes with H14."""
    with hypercorn_http2.serve(usual(), tmp_path) as (url, ca_file):
        report = check(url, recorder=Recorder(http2=True, ca_file=ca_file))
    assert_green(report, spoken_in("HTTP/2"))
    assert verdict(report, "H14") is Verdict.PASSED


def test_hypercorn_takes_a_connection_header_out_of_http2(tmp_path: Path) -> None:
    """An app that sets `Connection: keep-alive` is not to blame where its server removes it."""
    with hypercorn_http2.serve(oddities.cached(), tmp_path, headers=KEEP_ALIVE) as (url, ca_file):
        report = check(url, recorder=Recorder(http2=True, ca_file=ca_file))
    assert_green(report, lambda transcript: header(transcript, "connection") is None)
    assert verdict(report, "H14") is Verdict.PASSED


def test_the_same_header_over_http1_stays_green(tmp_path: Path) -> None:
    """Where the client does not offer HTTP/2, the field is sent and fine."""
    with hypercorn_http2.serve(oddities.cached(), tmp_path, headers=KEEP_ALIVE) as (url, ca_file):
        report = check(url, recorder=Recorder(ca_file=ca_file))
    assert_green(report, lambda transcript: header(transcript, "connection") == "keep-alive")
    assert verdict(report, "H14") is Verdict.NOT_APPLICABLE


def test_a_connection_header_over_http2_is_the_only_fault(tmp_path: Path) -> None:
    """`Connection: keep-alive` that does reach the client fails H14, and nothing else."""
    with http2_by_hand.serve(usual(side=64), tmp_path, headers=KEEP_ALIVE) as (url, ca_file):
        report = check(url, recorder=Recorder(http2=True, ca_file=ca_file))
    assert (set(fallen_short(report, Level.MUST)), fallen_short(report, Level.SHOULD)) == ({"H14"}, {})
