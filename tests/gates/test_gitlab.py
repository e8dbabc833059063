"""The job for GitLab, its script run here as GitLab's runner runs it."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from junitparser import JUnitXml

ROOT = Path(__file__).parents[2]

RunJob = Callable[..., subprocess.CompletedProcess[str]]


def _job() -> dict[str, Any]:
    job: dict[str, Any] = yaml.safe_load((ROOT / "ci/gitlab.yml").read_text("utf-8"))[".fal-stream-check"]
    return job


@pytest.fixture
def run_job(tmp_path: Path, environment: dict[str, str]) -> RunJob:
    """Run the lines in one shell, with the job's variables and those given."""

    def run_job(script: list[str] | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        known = {name: value for name, value in environment.items() if name != "PYTHONPATH"}
        return subprocess.run(
            ["/bin/bash", "-c", "\n".join(["set -eo pipefail", *(script or _job()["script"])])],
            cwd=tmp_path,
            env={**known, **_job()["variables"], **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return run_job


@pytest.fixture
def run_check(run_job: RunJob, light_python: Path, tmp_path: Path) -> RunJob:
    """Run the lines after those that install, where another virtual environment has the package."""
    (tmp_path / ".fal-stream-check").symlink_to(light_python.parents[1])
    script = [line for line in _job()["script"] if " -m venv " not in line and " -m pip " not in line]
    return lambda **variables: run_job(script, STREAM_CHECK_PACKAGE="installed", **variables)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_job_installs_checks_and_leaves_a_junit_report(run_job: RunJob, good_endpoint: str, tmp_path: Path) -> None:
    """Every line as it stands, up to the report that GitLab reads."""
    done = run_job(STREAM_CHECK_PACKAGE=str(ROOT), STREAM_CHECK_ENDPOINT=good_endpoint)
    if "No matching distribution found" in done.stderr:
        pytest.skip("no package index can be reached")
    assert done.returncode == 0, done.stdout + done.stderr
    report = JUnitXml.fromfile(str(tmp_path / _job()["artifacts"]["reports"]["junit"]))
    assert (report.failures, report.errors, report.tests > 50) == (0, 0, True)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_job_ends_as_the_check_does(run_check: RunJob, faulty_endpoint: str, dead_endpoint: str) -> None:
    """1 where a MUST fell short; 3 where nobody answers, and where nothing was asked."""
    assert run_check(STREAM_CHECK_ENDPOINT=faulty_endpoint).returncode == 1
    assert run_check(STREAM_CHECK_ENDPOINT=dead_endpoint).returncode == 3
    assert run_check(STREAM_CHECK_ENDPOINT=faulty_endpoint, STREAM_CHECK_ARGUMENTS="--dry-run").returncode == 3


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_no_variable_is_executed(run_check: RunJob, good_endpoint: str, tmp_path: Path) -> None:
    """Quotes, substitutions and stars stay what they are."""
    hostile = "$(touch EXECUTED) `touch EXECUTED`; touch EXECUTED *"
    for name in ("STREAM_CHECK_ARGUMENTS", "STREAM_CHECK_PAYLOAD", "STREAM_CHECK_PROFILE"):
        assert run_check(**{"STREAM_CHECK_ENDPOINT": good_endpoint, name: hostile}).returncode == 2
    assert run_check(STREAM_CHECK_ENDPOINT=hostile).returncode == 2
    assert not (tmp_path / "EXECUTED").exists()


def test_a_package_that_is_not_named_is_asked_for(run_job: RunJob) -> None:
    """Nothing is installed by a guessed name."""
    done = run_job(STREAM_CHECK_ENDPOINT="owner/app")
    assert (done.returncode, "STREAM_CHECK_PACKAGE is empty" in done.stderr) == (2, True)


def test_a_failed_installation_is_no_shortfall(run_job: RunJob, tmp_path: Path) -> None:
    """A job that allows exit code 1 must not be green without a verdict."""
    done = run_job(STREAM_CHECK_PACKAGE=str(tmp_path / "nothing.whl"), STREAM_CHECK_ENDPOINT="owner/app")
    assert done.returncode == 3, done.stderr
