"""Servers that are right and unusual stay green: real frameworks over real sockets, judged by every rule.

Each case says which advice (SHOULD) its server does not follow, and why that is so; anything else that falls short is
a false alarm. Each case also proves that its oddity was on the wire, so that none passes for lack of it.
"""

import importlib.util
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from conformance.catalogue import Level, Verdict
from conformance.examination import check_endpoint
from conformance.judging.report import Outcome, Report
from conformance.profiles.profile_file import load_profile
from conformance.recorders import Recorder
from tests.end_to_end.odd_servers import ALWAYS_COMPRESSED, CASES, GZIP, Oddity, header, spoken_in
from tests.end_to_end.servers import (
    http2_by_hand,
    hypercorn_http2,
    nginx_proxy,
    node_http,
    oddities,
)
from tests.end_to_end.servers.story import PROMPT, usual
from tests.end_to_end.shortfalls import fallen_short, verdict

pytestmark = pytest.mark.slow

KEEP_ALIVE = {"cache-control": "no-cache", "connection": "keep-alive"}
NOTHING: Mapping[str, Any] = MappingProxyType({})


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
