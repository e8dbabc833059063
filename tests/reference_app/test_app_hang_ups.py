import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_clients_that_leave_cost_nothing_that_stays() -> None:
    """After hang-ups at random moments, beside users who stay, no thread and no memory is lost."""
    command = [sys.executable, "-m", "benchmarks.hang_ups", "--hang-ups", "15", "--pipeline", "simulated"]
    done = subprocess.run([*command, "--ignore-times"], cwd=_ROOT, capture_output=True, text=True, timeout=110)

    assert (done.returncode, done.stderr) == (0, ""), done.stdout
