"""What gates meet: the reference app with its simulated pipeline, a faulty stream, and nobody at all."""

import os
import re
import socket
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from conformance.player import Player
from conformance.samples import event, final, good_events, stream

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def good_endpoint() -> Iterator[str]:
    """The reference app's stream."""
    command = ["-m", "reference_app", "--pipeline", "simulated", "--step-seconds", "0.02", "--port", "0"]
    app = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    assert app.stdout is not None
    try:
        ready = next(line for line in app.stdout if line.startswith("Ready"))
        found = re.search(r"http\S+", ready)
        assert found is not None
        yield found[0]
    finally:
        app.terminate()
        app.wait(20)
        app.stdout.close()


@pytest.fixture(scope="session")
def faulty_endpoint() -> Iterator[str]:
    """A stream whose final event lost its blank line: a MUST falls short (S03)."""
    with Player([stream(*good_events()[:-1], event(final()).rstrip())], speed=0) as url:
        yield url


@pytest.fixture
def dead_endpoint() -> str:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/stream"


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """Variables of a machine on which the commands are installed, without a key and without a CI system."""
    of_ci = ("GITHUB_", "STREAM_CHECK_", "FAL_")
    known = {name: value for name, value in os.environ.items() if not name.startswith(of_ci)}
    known["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    try:
        distribution("fal-stream-conformance")
    except PackageNotFoundError:
        known["PYTHONPATH"] = str(ROOT)
    return known


@pytest.fixture(scope="session")
def light_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a new virtual environment that has the package and nothing beside it."""
    folder = tmp_path_factory.mktemp("light") / "venv"
    venv.create(folder, with_pip=True)
    install(folder / "bin" / "python", str(ROOT))
    return folder / "bin" / "python"


def install(python: Path, *requirements: str) -> None:
    """Install with pip, or skip the test where no package index can be reached."""
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
    done = subprocess.run([*command, *requirements], capture_output=True, text=True, check=False)
    if "No matching distribution found" in done.stderr or "Could not fetch" in done.stderr:
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stderr
