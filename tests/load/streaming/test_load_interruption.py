"""Ctrl-C ends a run, and no stream."""

import subprocess
import sys
from pathlib import Path

from load.run_file import read_run
from load.stream_row import Outcome

LOCUSTFILE = Path(__file__).parents[1] / "locustfiles" / "interrupts_itself.py"


def test_a_stream_that_is_read_when_ctrl_c_comes_is_read_to_its_end(endpoint, tmp_path):
    """The signal comes while the user's own code runs, and what it was doing goes on."""
    rows = tmp_path / "rows.jsonl"
    command = [sys.executable, "-m", "locust", "-f", LOCUSTFILE, "--host", endpoint.url, "--headless", "--only-summary"]
    command += ["-u", "1", "--stop-timeout", "20", "--rows", rows]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    with rows.open() as lines:
        run = read_run(lines)
    assert ([row.outcome for row in run.rows], done.returncode) == ([Outcome.COMPLETE], 0)
    assert "Traceback" not in done.stderr
