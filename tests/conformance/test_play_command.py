"""`fal-stream-check play`: saved transcripts are served until Ctrl-C."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.archive import write_transcript_file
from conformance.cli import main
from conformance.core import Ending
from conformance.recorders import Recorder
from conformance.samples import good_events, stream

GOOD = stream(*good_events())


@contextmanager
def playing(*args: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the URL that it printed."""
    command = [sys.executable, "-m", "conformance", "play", *args]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env={**os.environ}) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            yield process, line.partition(" at ")[2].partition(";")[0]
        finally:
            process.kill()


@pytest.mark.slow
def test_a_saved_stream_is_served_until_ctrl_c(tmp_path: Path) -> None:
    """The stream comes as it was recorded, each request is a line that holds no key, and Ctrl-C is a clean end."""
    file = tmp_path / "cut-off.jsonl"
    write_transcript_file(file, replace(GOOD, end=replace(GOOD.end, ending=Ending.TRUNCATED)))
    with playing(str(file), "--speed", "0", "--recut", "halves") as (process, url):
        again = Recorder().record("generation", replace(GOOD.request, url=f"{url}?fal_key=0123456789"))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (again.body, again.end.ending) == (GOOD.body, Ending.TRUNCATED)
    assert out == f"POST /stream?fal_key=[redacted] <- generation: 200, {len(GOOD.body)} bytes, truncated\n"
    assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["/no/such.jsonl"], "the transcript '/no/such.jsonl' cannot be read: No such file"),
        (["{http2}"], "the transcript of generation is HTTP/2: only HTTP/1 can be played"),
        (["{good}", "--speed", "-1"], "Invalid value for '--speed'"),
        (["{good}", "--recut", "thirds"], "Invalid value for '--recut'"),
        (["{good}", "--port", "70000"], "Invalid value for '--port'"),
        ([], "Missing argument 'FILE...'"),
    ],
)
def test_bad_usage_is_one_clear_line_and_exit_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, args: list[str], said: str
) -> None:
    """What is wrong is said in one line, and nothing is served."""
    files = {"good": tmp_path / "good.jsonl", "http2": tmp_path / "http2.jsonl"}
    write_transcript_file(files["good"], GOOD)
    write_transcript_file(files["http2"], stream(http_version="HTTP/2"))
    with pytest.raises(SystemExit) as exit_:
        main(["play", *(arg.format(**files) for arg in args)])
    captured = capsys.readouterr()
    assert (exit_.value.code, captured.out) == (2, "")
    assert said in captured.err
