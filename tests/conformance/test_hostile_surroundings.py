"""Whatever a person types, and whatever the machine around a run is like: one clear line, and no key in any."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conformance.core import (
    Ending,
    TranscriptError,
    read_transcript,
    redact,
    write_transcript,
)
from conformance.examination import plan_probes
from conformance.probing.endpoint import Endpoint
from conformance.recorders import Recorder
from conformance.samples import (
    event,
    final,
    good_events,
    stream,
)
from tests.conformance.command_line import MOST_SECONDS, run_apart, run_here
from tests.conformance.conftest import SSE_HEAD, ServeScripts, Stall, chunked, event_stream


@pytest.mark.parametrize(
    ("args", "said_of_it"),
    [
        (["--max-seconds", "nan"], "'nan' is not a number of seconds"),
        (["--max-silence", "nan"], "'nan' is not a number of seconds"),
        (["--max-seconds", "inf"], "is not in the range"),
        (["--header", "Content-Length: 5"], "'Content-Length' cannot be given"),
        (["--header", "transfer-encoding: chunked"], "'transfer-encoding' cannot be given"),
        (["--header", "X: \udcff"], "not of the form 'Name: value'"),
        (["--header", "X: a\nb"], "not of the form 'Name: value'"),
        (["--payload", "@"], "cannot be read"),
        (["--payload", "[" * 100_000], "nested too deeply"),
        (["--ca", "EMPTY"], "holds no certificate"),
        (["--report", "json=FOLDER"], "it is a folder"),
        (["--report", "junit=EMPTY/report.xml"], "cannot be made"),
        (["--save", "EMPTY"], "cannot be made"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_sent(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path, args: list[str], said_of_it: str
) -> None:
    """One line and exit code 2, no generation spent, and the endpoint is not blamed."""
    (tmp_path / "empty").touch()
    known = {"EMPTY": str(tmp_path / "empty"), "FOLDER": str(tmp_path)}
    given = [re.sub("EMPTY|FOLDER", lambda match: known[str(match.group())], arg) for arg in args]
    server = serve(event_stream(*good_events()))
    code, out, err = run_here(capsys, "check", server.url, *given)
    assert (code, out, server.requests) == (2, "", [])
    assert said_of_it in err


def test_record_does_not_spend_a_generation_on_a_path_that_is_a_folder(
    serve: ServeScripts, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A transcript that could not be written is not recorded."""
    server = serve(event_stream(*good_events()))
    code, _, _ = run_here(capsys, "record", server.url, "-o", str(tmp_path))
    assert (code, server.requests) == (2, [])


@pytest.mark.parametrize(
    ("number", "fault"),
    [("9" * 400, "is not between 0 and"), ("-1", "is not between 0 and"), ("9" * 5000, "line 5"), ("1.5", "of type")],
)
def test_a_transcript_with_an_impossible_instant_is_refused(number: str, fault: str) -> None:
    """A number that no clock shows is damage, said with its line, and never an overflow later on."""
    lines = [re.sub(r'"at_ns":\d+', f'"at_ns":{number}', line) for line in write_transcript(stream(*good_events()))]
    with pytest.raises(TranscriptError, match=fault):
        read_transcript(lines)


def shell(command: str, url: str) -> str:
    """Run a line of bash in which CHECK stands for a check of the endpoint; what it wrote to standard error."""
    line = command.replace("CHECK", f"{sys.executable} -m conformance check {url}")
    process = subprocess.Popen(["/bin/bash", "-c", line], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return process.communicate(timeout=MOST_SECONDS)[1].decode()


@pytest.mark.slow
@pytest.mark.parametrize("redirection", ["| head -n 1", "> /dev/full", ">&-", "> /dev/null"])
def test_an_output_that_nobody_takes_raises_nothing(serve: ServeScripts, tmp_path: Path, redirection: str) -> None:
    """A reader that leaves, a full disk, a closed output: no traceback, and the reports are written all the same."""
    report = tmp_path / "report.json"
    err = shell(f"CHECK --report json={report} {redirection}", serve(event_stream(*good_events())).url)
    assert "Traceback" not in err
    assert json.loads(report.read_text())["profile"] == "fal-image"


@pytest.mark.slow
def test_a_terminal_without_columns_is_still_written_to(serve: ServeScripts) -> None:
    """Some runners say that it has none."""
    ran = run_apart("check", serve(event_stream(*good_events())).url, COLUMNS="0")
    assert "HELD" in ran.out or "FELL SHORT" in ran.out


@pytest.mark.slow
def test_ctrl_c_among_the_cheap_probes_is_not_green(serve: ServeScripts) -> None:
    """What was judged is shown, and the exit code says that it was not everything."""
    server = serve(event_stream(*good_events()), [Stall])
    command = [sys.executable, "-m", "conformance", "check", server.url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    deadline = time.monotonic() + MOST_SECONDS
    while len(server.requests) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=MOST_SECONDS)
    assert (process.returncode, err.decode()) == (3, "Error: interrupted before everything was asked\n")


def test_proxies_named_in_the_environment_are_not_used(serve: ServeScripts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The endpoint is asked directly: what a proxy holds back would be taken for the endpoint's fault."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    endpoint = Endpoint(
        url=serve([SSE_HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *chunked(event(final()))]).url, payload={}
    )
    probe = plan_probes(endpoint).asks[0].probe
    assert Recorder().record(probe.name, probe.build(endpoint)).end.ending is Ending.COMPLETE


def test_a_key_in_the_address_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither by a dry run nor by the line that says that it is no address."""
    for url in ("http://user:0123456789@127.0.0.1:1/x?api_key=abcdefgh", "ftp://user:0123456789@h/x?api_key=abcdefgh"):
        _, out, err = run_here(capsys, "check", url, "--dry-run")
        assert "0123456789" not in out + err
        assert "abcdefgh" not in out + err


def test_a_key_is_in_no_repr() -> None:
    """What a debugger or `pytest --showlocals` prints of a request and its endpoint holds no key."""
    endpoint = Endpoint(url="http://h/x", payload={"a": 1}, headers=(("Authorization", "Key 0123456789"),))
    request = plan_probes(endpoint).asks[0].probe.build(endpoint)
    assert ("Authorization", "Key 0123456789") in request.headers
    assert "0123456789" not in repr(request) + repr(endpoint)


@pytest.mark.parametrize("after", ["\x01", "\b", '"', "é", "\U0001f600"])
@pytest.mark.parametrize("level", range(4))
def test_a_key_is_masked_where_backslashes_run_into_an_escape(after: str, level: int) -> None:
    """JSON within JSON doubles a key's own backslashes up to those of the escape that follows them."""
    key = written = f"Zq9Zq9\\\\{after}9qZ9qZ"
    for _ in range(level):
        written = json.dumps(written)[1:-1]
    sent = stream(f"data: {written}\n\n".encode())
    assert b"9qZ9qZ" not in redact(sent, [key]).body
