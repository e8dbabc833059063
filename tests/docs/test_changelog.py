"""The changelog of the next release can be written."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_fragment_is_in_the_next_changelog() -> None:
    """A fragment with a type that nobody knows would be left out without a word."""
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "next"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    draft = " ".join(done.stdout.split())
    fragments = [file for file in sorted(ROOT.glob("changelog.d/*.md")) if file.name != "README.md"]
    assert [file.name for file in fragments if " ".join(file.read_text("utf-8").split()) not in draft] == []
