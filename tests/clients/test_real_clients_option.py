"""``--clients real``: the fal-js that the user has installed reads the recording too."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.archive import write_transcript_file
from conformance.samples import good_events, stream
from tests.clients.fal_js import VERSION, fal_js_folder

pytestmark = pytest.mark.slow


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A stream that fal-js reads without its final."""
    path = tmp_path / "generation.jsonl"
    write_transcript_file(path, stream(*good_events()[:-1], b": ping\r\n\r\n" + good_events()[-1]))
    return path


def judge(recording: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    report = recording.with_suffix(".json")
    command = [sys.executable, "-m", "conformance", "judge", str(recording), "--clients", "real"]
    environment = {"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(
        [*command, "--report", f"json={report}"], cwd=folder, env=environment, text=True, capture_output=True
    )


def test_the_installed_client_has_a_row_of_its_own(recording: Path) -> None:
    """With its version, beside the model, which says the same."""
    assert judge(recording, fal_js_folder()).returncode == 1
    clients = {item["client"]: item for item in json.loads(recording.with_suffix(".json").read_text())["clients"]}
    model, real = clients["fal-js"], clients["fal-js under Node"]
    assert (real["version"], real["delivered"], real["expected"]) == (f"@fal-ai/client {VERSION}", 4, 5)
    assert {**real, "client": "", "version": ""} == {**model, "client": "", "version": ""}


def test_a_client_that_is_not_installed_is_said_in_one_line(recording: Path, tmp_path: Path) -> None:
    """Nothing is downloaded, and nothing is judged by half."""
    fal_js_folder()  # skips where Node is missing
    done = judge(recording, tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "@fal-ai/client is not installed" in done.stderr
