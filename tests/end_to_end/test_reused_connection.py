"""Another request on the connection of a stream: real servers serve it or close politely, broken ones are caught."""

import json
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import trustme

from conformance.catalogue import Level, Verdict
from conformance.examination import check_endpoint
from conformance.judging.report import Report
from conformance.recorders import Recorder, RecordingLimits
from tests.conformance.conftest import SSE_HEAD
from tests.conformance.keep_alive import ConversationServer, Step, conversing
from tests.conformance.recorders.one_recording import server_context
from tests.end_to_end.odd_servers import Serve
from tests.end_to_end.servers import aiohttp_app, fastapi_streaming, flask_app, hypercorn_http2, standard_library
from tests.end_to_end.servers.standard_library import Framing
from tests.end_to_end.servers.story import PROMPT, objection, usual
from tests.end_to_end.shortfalls import fallen_short, verdict

pytestmark = pytest.mark.slow

HEAD = SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
KEEPING: dict[str, Serve] = {
    "uvicorn on h11": lambda: fastapi_streaming.serve(usual(), parser="h11"),
    "uvicorn on httptools": lambda: fastapi_streaming.serve(usual(), parser="httptools"),
    "aiohttp": lambda: aiohttp_app.serve(usual()),
    "http.server": lambda: standard_library.serve(usual()),
    "trailers": lambda: standard_library.serve(usual(), framing=Framing.EXTENSIONS_AND_TRAILERS),
}
CLOSING: dict[str, Serve] = {
    "Flask": lambda: flask_app.serve(usual()),
    "a body that ends with the connection": lambda: standard_library.serve(usual(), framing=Framing.CLOSED),
    "HTTP/1.0": lambda: standard_library.serve(usual(), framing=Framing.CLOSED_IN_HTTP_1_0),
}


def check(url: str, *, recorder: Recorder | None = None) -> Report:
    return check_endpoint(url, payload={"prompt": PROMPT}, recorder=recorder)


def reused(report: Report) -> bool:
    """Whether the second request really went over the first one's connection."""
    transcript = next(item for item in report.transcripts if item.probe == "reused_connection")
    return transcript.head is not None and transcript.phases.connected_ns is None


@pytest.mark.parametrize("name", KEEPING)
def test_a_server_that_keeps_its_connections_passes(name: str) -> None:
    """The refusal comes over the stream's own connection."""
    with KEEPING[name]() as url:
        report = check(url)
    assert (verdict(report, "R04"), reused(report)) == (Verdict.PASSED, True)


@pytest.mark.parametrize("name", CLOSING)
def test_a_server_that_closes_its_connections_is_not_judged(name: str) -> None:
    """Closing is always allowed."""
    with CLOSING[name]() as url:
        report = check(url)
    assert (verdict(report, "R04"), reused(report)) == (Verdict.NOT_APPLICABLE, False)


@pytest.mark.parametrize("http2", [False, True])
def test_hypercorn_over_tls_passes(tmp_path: Path, http2: bool) -> None:
    """TLS, with HTTP/1.1 and with HTTP/2, whose frames between two exchanges are no stray bytes."""
    with hypercorn_http2.serve(usual(), tmp_path) as (url, ca_file):
        report = check(url, recorder=Recorder(http2=http2, ca_file=ca_file))
    assert (verdict(report, "R04"), reused(report)) == (Verdict.PASSED, True)


def broken(after: Sequence[Step], next_answer: Sequence[Step] | None, folder: Path | None) -> Report:
    """Check a server that sends something after the stream, and then answers the next request in its own way."""
    ca_file = str(folder / "ca.pem") if folder is not None else None
    with _serving(after, next_answer, ca_file) as server:
        limits = RecordingLimits(silence_seconds=1.0)
        return check(server.url, recorder=Recorder(limits=limits, ca_file=ca_file))


def _serving(
    after: Sequence[Step], next_answer: Sequence[Step] | None, ca_file: str | None
) -> AbstractContextManager[ConversationServer]:
    streams: list[int] = []

    def answer(request: bytes) -> Sequence[Step]:
        body = request.partition(b"\r\n\r\n")[2]
        if request.startswith(b"GET") and streams and next_answer is not None:
            streams.clear()
            return next_answer
        if request.startswith(b"GET"):
            return [_refusal(405, {"detail": "Method Not Allowed"})]
        if (refusal := objection(body)) is not None:
            return [_refusal(422, refusal)]
        streams.append(1)
        beats: list[Step] = [HEAD]
        for beat in usual():
            beats += [beat.after_seconds, b"%x\r\n%s\r\n" % (len(beat.wire), beat.wire)]
        return [*beats, b"0\r\n\r\n" + (after[0] if after and isinstance(after[0], bytes) else b""), *after[1:]]

    tls = None
    if ca_file is not None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(ca_file)
        tls = server_context(authority)
    return conversing(answer, tls=tls)


def _refusal(status: int, body: object) -> bytes:
    data = json.dumps(body).encode()
    fields = b"Allow: POST\r\nContent-Type: application/json\r\nContent-Length: %d" % len(data)
    return b"HTTP/1.1 %d R\r\n%s\r\n\r\n%s" % (status, fields, data)


@pytest.fixture(params=["plain", "tls"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """Where the CA goes; None for plain TCP."""
    return tmp_path if request.param == "tls" else None


@pytest.mark.parametrize(
    ("after", "next_answer", "said"),
    [
        pytest.param([b"0\r\n\r\n"], None, r"illegal status line|follow the end", id="a-second-zero-chunk"),
        pytest.param([b"", 0.03, b": bye\n\n"], None, r"7 byte\(s\) follow the end of the response", id="later"),
        pytest.param([], [b"data: still here\n\n"], r"illegal status line", id="not-HTTP"),
        pytest.param([], [2.0], r"nothing arrived for 1 s", id="silence"),
    ],
)
def test_a_connection_that_cannot_be_used_again_is_the_only_fault(
    after: list[Step], next_answer: list[Step] | None, said: str, folder: Path | None
) -> None:
    """R04 names what was read, over plain TCP and TLS, and nothing else falls short."""
    report = broken(after, next_answer, folder)
    assert fallen_short(report, Level.MUST) == {}
    advice = fallen_short(report, Level.SHOULD)
    assert list(advice) == ["R04"]
    assert re.search(said, advice["R04"])
