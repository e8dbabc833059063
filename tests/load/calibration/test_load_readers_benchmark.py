"""The benchmark of the readers runs."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_the_quick_benchmark_sees_every_event_with_our_readers():
    """``--quick`` prints a row a reader, and ours get nearly all that the server sends."""
    command = [sys.executable, "-m", "benchmarks.readers", "--quick"]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100).stdout
    lines = [line for line in said.splitlines() if line.startswith("ours, ")]
    assert [line[:13].strip() for line in lines] == ["ours, precise", "ours, fast"]
    assert all(int(line[26:35]) > 70 for line in lines), said
