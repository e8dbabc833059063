"""What a reader of the pages has: the installed commands, an endpoint, and a stand-in for fal's command line."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.docs.blocks import Block
from tests.docs.page_run import PageRun, wait_for_port

ROOT = Path(__file__).parents[2]
# Names of deployed apps on the pages, the longer ones first.
_DEPLOYED = ("$FAL_USER/my-app-staging", "$FAL_USER/my-app", "owner/app")


@pytest.fixture(scope="session")
def endpoint_port() -> Iterator[int]:
    """The port of the reference app with its simulated pipeline, as fast as a reader's patience."""
    port = _free_port()
    command = ["-m", "reference_app", "--pipeline", "simulated", "--step-seconds", "0.04", "--port", str(port)]
    app = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=_environment([])
    )
    try:
        wait_for_port(port, until=lambda: app.poll() is not None)
        yield port
    finally:
        app.terminate()
        app.wait(20)


@pytest.fixture
def follow(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[list[Block]], None]:
    """Do what the blocks of a page say, in an empty folder, as someone with the installed commands does."""

    def follow(blocks: list[Block]) -> None:
        starts_a_server = any("background" in block.flags and block.spared is None for block in blocks)
        port = request.getfixturevalue("endpoint_port")
        deployed = dict.fromkeys(_DEPLOYED, f"http://127.0.0.1:{port}/stream")
        run = PageRun(
            folder=tmp_path,
            environment=_environment([ROOT / "tests" / "docs" / "commands"]),
            replacements={
                **deployed,
                "8000": str(_free_port() if starts_a_server else port),
                "9090": str(_free_port()),
                "9099": str(_free_port()),
            },
        )
        try:
            for block in blocks:
                run.follow(block)
        finally:
            run.stop_servers()

    return follow


def _environment(folders: list[Path]) -> dict[str, str]:
    path = os.pathsep.join([*map(str, folders), str(Path(sys.executable).parent), os.environ["PATH"]])
    known = {**os.environ, "PATH": path, "CHECKOUT": str(ROOT), "FAL_USER": "me", "NO_COLOR": "1"}
    # In CI the package is installed, and that is what a reader has.
    plugin = {"PYTEST_PLUGINS": "conformance.pytest_plugin,load.ab.pytest_plugin"}
    return known if _is_installed() else {**known, **plugin, "PYTHONPATH": str(ROOT)}


def _is_installed() -> bool:
    try:
        distribution("fal-stream-conformance")
    except PackageNotFoundError:
        return False
    return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
