"""The Dockerfile, its commands run here: building an image needs an engine that few test machines have."""

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).parents[2]
_PREFIX = "/opt/fal-stream-check"


def _instructions(name: str) -> list[str]:
    parser = DockerfileParser(fileobj=io.BytesIO((ROOT / "Dockerfile").read_bytes()))
    return [str(item["value"]) for item in parser.structure if item["instruction"] == name]


def test_both_stages_stand_on_one_pinned_image() -> None:
    """By digest, so that the image is the same tomorrow; the interpreter of the environment is in both."""
    bases = [value.partition(" ")[0] for value in _instructions("FROM")]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert len(bases[0].partition("@sha256:")[2]) == 64


def test_the_container_is_nobody_special() -> None:
    """A numeric user other than root, which Kubernetes can verify."""
    assert [int(user) > 0 for user in _instructions("USER")] == [True]


def test_nothing_stands_between_the_command_and_its_exit_code() -> None:
    """No shell: the entry point is the command itself, in the environment that the first stage made."""
    assert [json.loads(value) for value in _instructions("ENTRYPOINT")] == [[f"{_PREFIX}/bin/fal-stream-check"]]
    assert _instructions("COPY")[-1] == f"--from=build {_PREFIX} {_PREFIX}"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_is_built_checks_a_stream(
    environment: dict[str, str], good_endpoint: str, faulty_endpoint: str, dead_endpoint: str, tmp_path: Path
) -> None:
    """The first stage's command, on the files that reach it, makes a program with the documented exit codes."""
    source, prefix = tmp_path / "source", tmp_path / "prefix"
    _copy_what_is_not_ignored(source)
    command = _instructions("RUN")[0].replace("/source", str(source)).replace(_PREFIX, str(prefix))
    known = {name: value for name, value in environment.items() if name != "PYTHONPATH"}
    built = subprocess.run(["/bin/sh", "-c", command], env=known, capture_output=True, text=True, check=False)
    if "No matching distribution found" in built.stderr:
        pytest.skip("no package index can be reached")
    assert built.returncode == 0, built.stderr
    program = prefix / "bin" / "fal-stream-check"
    codes = [
        subprocess.run([program, "check", url], cwd=tmp_path, env=known, capture_output=True, check=False).returncode
        for url in (good_endpoint, faulty_endpoint, dead_endpoint)
    ]
    assert codes == [0, 1, 3]
    assert sys.executable not in (prefix / "bin" / "fal-stream-check").read_text("utf-8")


def _copy_what_is_not_ignored(target: Path) -> None:
    """As `.dockerignore` says: nothing but the named files and folders."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    target.mkdir()
    for name in (line.removeprefix("!") for line in lines if line.startswith("!")):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "training"))
        else:
            shutil.copy(ROOT / name, target / name)
