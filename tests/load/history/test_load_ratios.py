"""The project's own ratios, on their way into a history."""

import subprocess
import sys
from pathlib import Path

import pytest

from load.history.history import History

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_a_benchmark_becomes_figures_of_the_history(tmp_path):
    """The decoder's ratios, with the commit that they are of."""
    command = [sys.executable, "-m", "benchmarks.record_ratios", "--out", str(tmp_path), "--commit", "abc", "decoder"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with History.open(str(tmp_path / "history"), is_made=True) as history:
        entry = history.add(tmp_path / "decoder.json")
    assert (entry.scenario, entry.commit) == ("benchmarks/decoder", "abc")
    assert set(entry.figures) == {
        f"speed_over_{reader}_{size}_events" for reader in ("httpx_sse", "sseclient_py") for size in ("1_kb", "2_mb")
    }
    assert all(value > 0 for value in entry.figures.values())
