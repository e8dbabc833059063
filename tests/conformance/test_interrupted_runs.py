"""Ctrl-C while exchanges run: a real child process ends at once, and what it recorded is kept and judged."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from conformance.archive import read_transcript_file
from conformance.core import Ending, Transcript
from conformance.samples import event, good_events, preview
from tests.conformance.conftest import SSE_HEAD, ServeScripts, Stall, chunked
from tests.conformance.keep_alive import ConversationServer, Step, conversing
from tests.conformance.picture_server import serving_pictures

pytestmark = pytest.mark.slow

HEAD = SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
STALL_SECONDS = 30.0
REFUSED = b'HTTP/1.1 422 U\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{"detail": []}'
NOT_ALLOWED = b"HTTP/1.1 405 M\r\nAllow: POST\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


STALLING: list[Step] = [HEAD + chunk(event(preview())), STALL_SECONDS]
WHOLE: list[Step] = [HEAD + b"".join(map(chunk, good_events())) + b"0\r\n\r\n"]


def answer(request: bytes, stalls: Callable[[bytes], bool]) -> Sequence[Step]:
    """A good endpoint, whose stream stalls after its first event where a test wants it."""
    if request.startswith(b"POST /stream/cancel"):
        return [STALL_SECONDS]
    if not request.startswith(b"POST"):
        return [NOT_ALLOWED]
    if stalls(request):
        return STALLING
    return WHOLE if b'"prompt": "' in request and request.endswith(b"}") else [REFUSED]


def interrupt(
    server: ConversationServer, folder: Path, *further: str, until: Callable[[], bool]
) -> tuple[int, str, float]:
    """As :func:`press_ctrl_c`, in a check at full depth."""
    options = ["--depth", "full", "--payload", '{"prompt": "a red disc"}', *further]
    return press_ctrl_c(server.url, folder, *options, until=until)


def press_ctrl_c(url: str, folder: Path, *options: str, until: Callable[[], bool]) -> tuple[int, str, float]:
    """Check, press Ctrl-C some time after a moment; the exit code, the output, and how long it took."""
    command = [sys.executable, "-m", "conformance", "check", url, *options, "--save", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ})
    give_up_at = time.monotonic() + 40
    while not until() and process.poll() is None and time.monotonic() < give_up_at:
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    interrupted_at = time.monotonic()
    out = process.communicate(timeout=25)[0].decode()
    return process.returncode, out, time.monotonic() - interrupted_at


def kept(folder: Path, *names: str) -> list[Transcript]:
    return [read_transcript_file(folder / f"{name}.jsonl") for name in names]


def test_ctrl_c_ends_simultaneous_exchanges_at_once(tmp_path: Path) -> None:
    """Three streams stall after their first event; all three are kept, marked as left by us."""

    def stalls(request: bytes) -> bool:
        return any(season in request for season in (b"in spring", b"in autumn", b"in winter"))

    with conversing(lambda request: answer(request, stalls)) as server:
        code, out, seconds = interrupt(
            server, tmp_path, until=lambda: sum(stalls(request) for _, request in server.requests) == 3
        )
    name = "concurrent_generations"
    group = kept(tmp_path, name, f"{name}-2", f"{name}-3")
    assert (code, "Traceback" in out) == (3, False)
    assert [(item.end.ending, item.body) for item in group] == [(Ending.ABANDONED, event(preview()))] * 3
    assert seconds < 10


def test_ctrl_c_ends_a_stream_and_the_request_within_it_at_once(tmp_path: Path) -> None:
    """A stream stalls, and so does its cancellation; both are kept, and the generations before are judged."""

    def stalls(request: bytes) -> bool:
        return b"x-fal-request-id" in request.lower()

    with conversing(lambda request: answer(request, stalls)) as server:
        code, out, seconds = interrupt(
            server,
            tmp_path,
            "--cancel-url",
            "/stream/cancel",
            until=lambda: any(request.startswith(b"POST /stream/cancel") for _, request in server.requests),
        )
    stream, cancellation, generation = kept(tmp_path, "cancelled_generation", "cancellation", "generation")
    assert (code, "Traceback" in out, "interrupted" in out) == (3, False, True)
    assert (stream.end.ending, stream.body) == (Ending.ABANDONED, event(preview()))
    assert (cancellation.end.ending, cancellation.head) == (Ending.ABANDONED, None)
    assert generation.end.ending is Ending.COMPLETE
    assert seconds < 10


def test_ctrl_c_loses_nothing(serve: ServeScripts, tmp_path: Path) -> None:
    """The stream so far is saved and judged, marked as abandoned by us, without a traceback."""
    server = serve([HEAD, *chunked(event(preview()), end=False), Stall])
    code, out, _ = press_ctrl_c(server.url, tmp_path, until=lambda: bool(server.requests))
    transcript = read_transcript_file(tmp_path / "generation.jsonl")
    assert (code, transcript.end.ending) == (3, Ending.ABANDONED)
    assert transcript.body == event(preview())
    assert "Traceback" not in out
    assert "interrupted" in out or "cut off" in out or "abandoned" in out.lower()


def test_ctrl_c_while_a_picture_is_fetched_ends_at_once(tmp_path: Path) -> None:
    """The generation is whole and kept, the fetch is given up, and the run is not green."""
    gone = threading.Event()

    def give(handler: BaseHTTPRequestHandler) -> None:
        gone.wait(30)

    with serving_pictures("final.jpg", give=give) as server:
        code, out, took_seconds = press_ctrl_c(
            server.url, tmp_path, "--fetch-results", until=lambda: bool(server.asked) and not server.is_streaming
        )
        gone.set()
    ends = [read_transcript_file(tmp_path / f"{name}.jsonl").end.ending for name in ("generation", "picture_fetch")]
    assert (code, ends) == (3, [Ending.CLOSED, Ending.ABANDONED])
    assert took_seconds < 10
    assert "Traceback" not in out
