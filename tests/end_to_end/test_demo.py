"""The demonstration that the README begins with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_demonstration_ends_with_a_verdict_and_its_evidence(tmp_path: Path) -> None:
    """The app comes up through fal's own tool, every rule and every objective holds, and the evidence is kept."""
    command = [sys.executable, "examples/demo.py", "--pipeline", "simulated", "--output", str(tmp_path)]
    command += ["--load-seconds", "12"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110)

    assert done.returncode == 0, done.stdout
    assert "HELD: every MUST held\n" in done.stdout
    assert "previews_per_image_min >= 2" in done.stdout
    assert {"app.log", "generation.jsonl", "load", "load.html", "report.html", "report.json", "report.xml"} <= {
        file.name for file in tmp_path.iterdir()
    }
