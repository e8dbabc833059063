"""Endpoints in trouble: each kind is counted as what it is, the run ends, and the rows so far are kept."""

import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from load.run_file import read_run
from load.stream_row import Outcome
from tests.load.conftest import picture_event
from tests.load.simulated_app import PAYLOAD, simulated_app

ROOT = Path(__file__).parents[2]
ERROR_EVENT = b'data: {"error": {"message": "out of memory"}}\n\n'


def load(url: str, folder: Path, *arguments: object):
    """Run the command to its end; the process, and the run that it kept."""
    command = [sys.executable, "-m", "load", "run", "steady", "--endpoint", url, "--users", 4, "--seconds", 3]
    command += ["--save", folder, "--report", f"markdown={folder / 'report.md'}", *arguments]
    ended = subprocess.run(list(map(str, command)), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in ended.stderr
    (file,) = folder.glob("*.jsonl")
    with file.open() as lines:
        return ended, read_run(lines)


def outcomes(run) -> Counter[Outcome]:
    return Counter(row.outcome for row in run.measured)


@pytest.mark.slow
def test_a_server_that_is_killed_in_mid_run(tmp_path):
    """Streams in flight are truncated, later ones unreachable, those before complete; the report is written."""
    with simulated_app(step_seconds=0.05) as app:

        def kill_after_some_streams() -> None:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline and _streams_in(tmp_path) < 12:
                time.sleep(0.02)
            app.process.kill()

        killer = threading.Thread(target=kill_after_some_streams)
        killer.start()
        ended, run = load(
            f"{app.url}/stream",
            tmp_path,
            *("--payload", PAYLOAD % 6, "--objective", "failure_ratio <= 0.1 %", "--seconds", 8),
        )
        killer.join()
    counts = outcomes(run)
    assert set(counts) == {Outcome.COMPLETE, Outcome.TRUNCATED, Outcome.UNREACHABLE}
    assert counts[Outcome.COMPLETE] >= 12
    assert 1 <= counts[Outcome.TRUNCATED] <= 4
    assert run.end is not None
    assert ended.returncode == 1
    assert "truncated" in ended.stdout
    assert "unreachable" in (tmp_path / "report.md").read_text()


def _streams_in(folder: Path) -> int:
    return sum(file.read_text().count('"line":"stream"') for file in folder.glob("*.jsonl"))


def test_half_of_the_streams_truncated(endpoint, tmp_path):
    """Every other body ends in the middle: half are truncated and none is anything else."""
    endpoint.turns = (endpoint.script, replace(endpoint.script, is_torn=True))
    ended, run = load(endpoint.url, tmp_path, "--objective", "failure_ratio <= 60 %")
    counts = outcomes(run)
    assert set(counts) == {Outcome.COMPLETE, Outcome.TRUNCATED}
    assert counts[Outcome.TRUNCATED] >= 4
    assert ended.returncode == 0
    assert "the connection closed before the body was over" in ended.stdout


def test_a_storm_of_error_events(endpoint, tmp_path):
    """Each stream that told of an error is one, with what it told; the storm is not fed by asking faster."""
    endpoint.script = replace(endpoint.script, events=(picture_event(), ERROR_EVENT))
    ended, run = load(endpoint.url, tmp_path, "--objective", "failure_ratio <= 1 %")
    assert set(outcomes(run)) == {Outcome.ERROR_EVENT}
    assert {row.detail for row in run.measured} == {"out of memory"}
    # Four users, one stream a second each.
    assert len(run.rows) <= 4 * 4
    assert ended.returncode == 1
    assert "out of memory" in (tmp_path / "report.md").read_text()


def test_a_server_that_stalls(endpoint, tmp_path):
    """Silence after events is a stall, told after the longest wait, and the run ends all the same."""
    endpoint.script = replace(endpoint.script, silence_seconds=60)
    ended, run = load(endpoint.url, tmp_path, "--wait", 1, "--objective", "failure_ratio <= 1 %")
    assert set(outcomes(run)) == {Outcome.STALLED}
    assert {len(row.pictures) for row in run.measured} == {3}
    assert ended.returncode == 1


def test_a_server_that_never_begins(endpoint, tmp_path):
    """Not one event: timed out, and nothing to judge."""
    endpoint.script = replace(endpoint.script, head_seconds=60)
    ended, run = load(endpoint.url, tmp_path, "--wait", 1)
    assert set(outcomes(run)) == {Outcome.TIMED_OUT}
    assert ended.returncode == 3
