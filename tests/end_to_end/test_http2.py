"""The stream over HTTP/2 compared with HTTP/1.1, over real TLS: good servers pass, one bad path is the only fault."""

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.catalogue import Level, Verdict
from conformance.examination import examine, plan_probes
from conformance.judging.evaluation import evaluate
from conformance.judging.report import Report
from conformance.probing.endpoint import Endpoint
from conformance.probing.probe import Depth
from conformance.profiles.profile_file import load_profile
from conformance.recorders import Recorder, RecordingLimits
from tests.end_to_end.servers import hypercorn_http2, two_versions
from tests.end_to_end.servers.story import PROMPT, usual
from tests.end_to_end.servers.two_versions import Fault
from tests.end_to_end.shortfalls import fallen_short, verdict

pytestmark = pytest.mark.slow

SMALL = 64


def check(url: str, ca_file: str, *, http2: bool = False) -> Report:
    """Everything that quick depth asks, and the generation over HTTP/2."""
    endpoint = Endpoint(url=url, payload={"prompt": PROMPT})
    full = plan_probes(endpoint, depth=Depth.FULL)
    quick = {ask.probe.name for ask in plan_probes(endpoint).asks}
    asks = tuple(ask for ask in full.asks if ask.probe.name in {*quick, "http2_generation"})
    recorder = Recorder(limits=RecordingLimits(silence_seconds=3.0), http2=http2, ca_file=ca_file)
    examination = examine(endpoint, replace(full, asks=asks), recorder)
    return evaluate(examination.transcripts, load_profile("fal-image"), not_asked=examination.not_asked)


def reason(report: Report, id_: str) -> str:
    return next(result.reason for result in report.results if result.rule.id == id_)


def shortfalls(report: Report) -> dict[str, str]:
    return {**fallen_short(report, Level.MUST), **fallen_short(report, Level.SHOULD)}


def test_hypercorn_is_as_good_over_http2(tmp_path: Path) -> None:
    """A real server speaks HTTP/1.1 to the clients and HTTP/2 to the browser, and nothing falls short."""
    with hypercorn_http2.serve(usual(pause_seconds=0.45), tmp_path) as (url, ca_file):
        report = check(url, ca_file)
    versions = {item.probe: item.head.http_version for item in report.transcripts if item.head is not None}
    assert (versions["generation"], versions["http2_generation"]) == ("HTTP/1.1", "HTTP/2")
    assert (shortfalls(report), verdict(report, "H19"), verdict(report, "H14")) == ({}, Verdict.PASSED, Verdict.PASSED)


def test_a_server_written_by_hand_is_as_good_over_http2(tmp_path: Path) -> None:
    """The server of the violators is right where none is asked for."""
    with two_versions.serve(usual(pause_seconds=0.45, side=SMALL), tmp_path) as (url, ca_file):
        report = check(url, ca_file)
    assert (shortfalls(report), verdict(report, "H19")) == ({}, Verdict.PASSED)


def test_a_server_that_chooses_http1_is_not_judged(tmp_path: Path) -> None:
    """HTTP/2 was on offer, and declining it is fine."""
    with two_versions.serve(usual(pause_seconds=0.45, side=SMALL), tmp_path, http2=False) as (url, ca_file):
        report = check(url, ca_file)
    assert (shortfalls(report), verdict(report, "H19")) == ({}, Verdict.NOT_APPLICABLE)
    assert reason(report, "H19") == "the server chose HTTP/1.1 although HTTP/2 was on offer"


def test_http2_in_both_gives_nothing_to_compare(tmp_path: Path) -> None:
    """With --http2 every generation comes over it."""
    with two_versions.serve(usual(pause_seconds=0.45, side=SMALL), tmp_path) as (url, ca_file):
        report = check(url, ca_file, http2=True)
    assert (shortfalls(report), verdict(report, "H19")) == ({}, Verdict.NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.BUFFERED, "over HTTP/2, 5 events came within 0 ms"),
        (Fault.RESET_AT_THE_END, "over HTTP/2, the stream was reset instead of ended"),
        (Fault.NO_END, "over HTTP/2, no END_STREAM came (nothing arrived for 3 s)"),
    ],
)
def test_a_fault_of_the_http2_path_is_the_only_one(tmp_path: Path, fault: Fault, said: str) -> None:
    """H19 says what is wrong there, and every other rule is content with HTTP/1.1."""
    with two_versions.serve(usual(pause_seconds=0.45, side=SMALL), tmp_path, fault=fault) as (url, ca_file):
        report = check(url, ca_file)
    found = shortfalls(report)
    assert list(found) == ["H19"]
    assert found["H19"].startswith(said)


def test_a_polite_goodbye_midway_is_no_fault(tmp_path: Path) -> None:
    """GOAWAY without an error lets a stream end; our library gives up there, so that nothing is said."""
    with two_versions.serve(usual(pause_seconds=0.45, side=SMALL), tmp_path, fault=Fault.GONE) as (url, ca_file):
        report = check(url, ca_file)
    assert (shortfalls(report), verdict(report, "H19")) == ({}, Verdict.NOT_APPLICABLE)


def test_a_connection_header_is_found_without_asking_for_http2(tmp_path: Path) -> None:
    """H14 judges what came over HTTP/2, although the user did not choose it."""
    fault = Fault.CONNECTION_HEADER
    with two_versions.serve(usual(pause_seconds=0.45, side=SMALL), tmp_path, fault=fault) as (url, ca_file):
        report = check(url, ca_file)
    assert shortfalls(report) == {"H14": "connection is 'keep-alive' in an HTTP/2 response, expected no such field"}
