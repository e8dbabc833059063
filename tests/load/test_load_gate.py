"""Scenarios under `locust -f`: exit codes, files and Ctrl-C are those of our own command."""

import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from load.run_file import read_run
from load.stream_row import Outcome

ROOT = Path(__file__).parents[2]
# Tests share their processors: how late this generator is here says nothing about it.
PATIENT = ("--largest-lag-seconds", "5")


def locust(endpoint, *options: object) -> list[str]:
    command = [sys.executable, "-m", "locust", "-f", "load/scenarios/steady.py", "--host", endpoint.url]
    return [*command, "--headless", "--only-summary", *PATIENT, *map(str, options)]


def ended(endpoint, *options: object, **settings) -> subprocess.CompletedProcess[str]:
    command = locust(endpoint, "-t", "1s", *options)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, **settings)


@pytest.mark.parametrize(
    ("objective", "code", "word"),
    [("ttfp_max < 10 s", 0, "held"), ("ttfp_max < 1 ms", 1, "fell short"), ("ttfp_p99 < 10 s", 3, "not testable")],
)
def test_objectives_set_the_exit_code(endpoint, objective, code, word):
    """Locust ends as our own command would, and prints why."""
    done = ended(endpoint, "--objective", objective)
    assert done.returncode == code, done.stderr
    assert word in done.stderr


def test_failed_streams_alone_end_with_locusts_own_code(endpoint):
    """Without objectives nothing changes: Locust ends with 1 where a request failed."""
    endpoint.script = replace(endpoint.script, is_torn=True)
    assert ended(endpoint).returncode == 1
    assert ended(endpoint, "--objective", "failure_ratio <= 100 %").returncode == 0


def test_a_full_disk_ends_the_run_and_keeps_what_was_written(endpoint, tmp_path):
    """The first line that cannot be written stops the load: there is no use in a run that nobody will have."""

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    rows = tmp_path / "rows.jsonl"
    done = ended(endpoint, "-t", "60s", "--rows", rows, preexec_fn=small_files)
    assert done.returncode == 2, done.stderr
    assert "cannot be written: File too large; the run ends" in done.stderr
    with rows.open() as lines:
        assert len(read_run(lines).rows) >= 1


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
def test_an_interrupted_run_keeps_the_streams_in_flight(endpoint, tmp_path, processes):
    """Ctrl-C in one process or a master with two workers: streams in flight end, and every row is kept."""
    endpoint.script = replace(endpoint.script, silence_seconds=1.0)
    rows = tmp_path / "rows.jsonl"
    options = ["-u", 2, "-r", 2, "--stop-timeout", 20, "--rows", rows, "--objective", "ttfp_max < 10 s"]
    options += ["--processes", processes] if processes > 1 else []
    process = subprocess.Popen(locust(endpoint, *options), cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True)
    deadline = time.monotonic() + 30
    while len(endpoint.heads) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err.decode()
    with rows.open() as lines:
        run = read_run(lines)
    assert [row.outcome for row in run.rows] == [Outcome.COMPLETE] * len(endpoint.heads)
    assert run.end is not None
