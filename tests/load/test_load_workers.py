"""A master with several workers, as processes of this machine."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from load.run import MarkKind
from load.run_file import read_run
from load.stream_row import Outcome
from load.validity import invalidities

ROOT = Path(__file__).parents[2]
# Tests share their processors: how late this generator is here says nothing about it.
PATIENT = ("--largest-lag-seconds", "5")


def start(endpoint, folder: Path, *, workers: int, seconds: int, users: int = 4) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "load", "run", "steady", "--endpoint", endpoint.url, "--save", folder]
    command += ["--users", users, "--seconds", seconds, "--processes", workers, *PATIENT]
    return subprocess.Popen(list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes], folder: Path):
    out, _ = process.communicate(timeout=90)
    (file,) = folder.glob("*.jsonl")
    with file.open() as lines:
        return read_run(lines), out.decode()


@pytest.mark.slow
def test_every_row_of_every_worker_arrives_once(endpoint, tmp_path):
    """Two workers' rows come together in one file: each stream that was asked for, the last ones included."""
    endpoint.script = replace(endpoint.script, silence_seconds=0.5)
    run, _ = finish(start(endpoint, tmp_path, workers=2, seconds=3), tmp_path)
    assert {row.outcome for row in run.rows} == {Outcome.COMPLETE}
    assert len(run.rows) == len(endpoint.heads)
    assert set(Counter(row.worker for row in run.rows)) == {"worker 0", "worker 1"}
    assert run.fingerprint.workers == 2
    assert max(row.sent_ns for row in run.rows) < run.end.at_ns + 0.5e9


@pytest.mark.slow
def test_a_lost_worker_is_told_and_corrupts_nothing(endpoint, tmp_path):
    """A worker that is killed in mid-run: what it had sent is kept, the others go on, the run is invalid."""
    process = start(endpoint, tmp_path, workers=2, seconds=12)
    deadline = time.monotonic() + 30
    while len(endpoint.heads) < 20 and time.monotonic() < deadline:
        time.sleep(0.05)
    victim = _a_worker(process)
    os.kill(victim, signal.SIGKILL)
    killed_after = len(endpoint.heads)
    run, out = finish(process, tmp_path)
    (lost,) = [mark for mark in run.marks if mark.kind is MarkKind.WORKER_LOST]
    assert "went silent" in lost.text
    assert process.returncode == 3
    assert lost.text in out.replace("\n", " ")
    assert [one.reason for one in invalidities(run)] == [lost.text]
    assert len(run.rows) > killed_after
    assert {row.outcome for row in run.rows} == {Outcome.COMPLETE}
    assert run.end is not None


def _a_worker(process: subprocess.Popen[bytes]) -> int:
    # The command starts Locust's master, which forks its workers.
    (master,) = psutil.Process(process.pid).children()
    return master.children()[0].pid
