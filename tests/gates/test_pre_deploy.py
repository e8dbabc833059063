"""The recipe for `fal deploy`, run with a stand-in for fal's command line: an account cannot be had here."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_SCRIPT = ROOT / "examples/pre_deploy.sh"
_STAGING = "deploy my_app.py::App --app-name my-app-staging --auth private --attach"
_LIVE = "deploy my_app.py::App --app-name my-app --message checked as my-app-staging --attach"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What a run of the recipe came to.

    Attributes:
        exit_code: What it ended with.
        deployed: What fal was asked to do, in order.
        log: What was printed.
    """

    exit_code: int
    deployed: list[str]
    log: str


Deploy = Callable[..., Deployment]


@pytest.fixture
def deploy(tmp_path: Path, environment: dict[str, str]) -> Deploy:
    """Run the recipe for `my-app`; the stand-in notes what it is asked to do, and may refuse."""
    commands = tmp_path / "bin"
    commands.mkdir()
    python = environment["PATH"].partition(":")[0]
    stand_ins = {
        "fal": f'echo "$*" >> "{tmp_path}/deployed"\nexit "${{FAL_ENDS_WITH:-0}}"',
        "fal-stream-check": f'exec "{python}/python" -P -m conformance "$@"',
    }
    for name, body in stand_ins.items():
        (commands / name).write_text(f"#!/bin/sh\n{body}\n", "utf-8")
        (commands / name).chmod(0o755)

    def deploy(*options: str, endpoint: str = "", before: tuple[str, ...] = (), **variables: str) -> Deployment:
        done = subprocess.run(
            [_SCRIPT, *before, "my_app.py::App", "my-app", *options],
            cwd=tmp_path,
            env={
                **environment,
                "PATH": f"{commands}:{environment['PATH']}",
                "STAGING_ENDPOINT": endpoint,
                **variables,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        noted = tmp_path / "deployed"
        deployed = noted.read_text("utf-8").splitlines() if noted.exists() else []
        return Deployment(exit_code=done.returncode, deployed=deployed, log=done.stdout)

    return deploy


def test_what_held_is_promoted(deploy: Deploy, good_endpoint: str, tmp_path: Path) -> None:
    """Staging first, the live name after the check, the evidence kept."""
    done = deploy("--strict", endpoint=good_endpoint)
    assert (done.exit_code, done.deployed) == (0, [_STAGING, _LIVE]), done.log
    evidence = tmp_path / "stream-check"
    assert (evidence / "report.json").stat().st_size
    assert list(evidence.glob("*.jsonl"))


def test_what_fell_short_is_never_promoted(deploy: Deploy, faulty_endpoint: str) -> None:
    """The live app stays as it was."""
    done = deploy(endpoint=faulty_endpoint)
    assert (done.exit_code, done.deployed) == (1, [_STAGING]), done.log
    assert "my-app is not promoted" in done.log


def test_what_does_not_answer_is_never_promoted(deploy: Deploy, dead_endpoint: str) -> None:
    """Exit code 3: nothing was judged."""
    done = deploy(endpoint=dead_endpoint)
    assert (done.exit_code, done.deployed) == (3, [_STAGING]), done.log


@pytest.mark.parametrize("option", ["--dry-run", "--help"])
def test_a_check_that_judged_nothing_never_promotes(deploy: Deploy, good_endpoint: str, option: str) -> None:
    """Also where the command ended with 0 and an earlier report lies in the folder."""
    assert deploy(endpoint=good_endpoint).exit_code == 0
    done = deploy(option, endpoint=good_endpoint)
    assert (done.exit_code, done.deployed) == (3, [_STAGING, _LIVE, _STAGING]), done.log


def test_a_wrong_option_never_promotes(deploy: Deploy, good_endpoint: str) -> None:
    """Exit code 2, as the check's own."""
    done = deploy("--no-such-option", endpoint=good_endpoint)
    assert (done.exit_code, done.deployed) == (2, [_STAGING]), done.log


def test_what_fal_refuses_is_not_checked(deploy: Deploy, good_endpoint: str, tmp_path: Path) -> None:
    """Exit code 4, which no check ends with; the staging app of the day before is not taken for the new one."""
    done = deploy(endpoint=good_endpoint, FAL_ENDS_WITH="1")
    assert (done.exit_code, done.deployed) == (4, [_STAGING]), done.log
    assert not (tmp_path / "stream-check").exists()


def test_a_dry_run_deploys_and_asks_nothing(deploy: Deploy, dead_endpoint: str, tmp_path: Path) -> None:
    """It prints both deployments and what the check would cost."""
    done = deploy("--warm-up", endpoint=dead_endpoint, before=("--dry-run",))
    assert (done.exit_code, done.deployed) == (0, []), done.log
    assert "+ fal deploy my_app.py::App --app-name my-app-staging --auth private --attach" in done.log
    assert "At most 2 generation(s)" in done.log
    assert not (tmp_path / "stream-check").exists()


def test_the_staging_app_is_found_by_its_owner(deploy: Deploy) -> None:
    """Without STAGING_ENDPOINT, it is asked at fal's address of it."""
    done = deploy(before=("--dry-run",), FAL_USER="me")
    assert "https://fal.run/me/my-app-staging/stream" in done.log


def test_a_staging_app_that_cannot_be_found_is_not_deployed(deploy: Deploy) -> None:
    """Without an owner, nothing is spent."""
    done = deploy()
    assert (done.exit_code, done.deployed) == (2, [])


def test_without_a_name_nothing_is_done() -> None:
    """It says what it takes."""
    done = subprocess.run([_SCRIPT, "my_app.py::App"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.startswith("examples/pre_deploy.sh [--dry-run] APP_REF APP_NAME")) == (2, True)


def test_fal_knows_the_options(environment: dict[str, str]) -> None:
    """The installed fal has what the recipe asks of it."""
    command = [Path(sys.executable).with_name("fal"), "deploy", "--help"]
    done = subprocess.run(command, env={**environment, "NO_COLOR": "1"}, capture_output=True, text=True, check=False)
    assert [name for name in ("--app-name", "--auth", "--attach", "--message") if name not in done.stdout] == []
