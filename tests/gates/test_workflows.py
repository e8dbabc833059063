"""What checkers made for it say of the action, the workflows, the GitLab job, the Dockerfile and the scripts."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
_WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))


def _complaints(*command: str | Path) -> str:
    program = shutil.which(str(command[0]), path=f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin")
    if program is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("github-actions", ROOT / "action.yml"),
        ("github-actions", ROOT / ".github/actions/stream-regression/action.yml"),
        ("dependabot", ROOT / ".github/dependabot.yml"),
        ("gitlab-ci", ROOT / "ci/gitlab.yml"),
        *[("github-workflows", file) for file in _WORKFLOWS],
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_the_file_is_what_its_reader_takes(schema: str, file: Path) -> None:
    """The published schema of each format is met."""
    assert _complaints("check-jsonschema", "--builtin-schema", f"vendor.{schema}", file) == ""


def test_the_action_and_the_workflows_hold_no_known_risk() -> None:
    """No injection, no unpinned action, no permission too many, by the rules of zizmor."""
    assert _complaints("zizmor", "--offline", "--quiet", "--min-severity", "medium", "--persona", "pedantic", ".") == ""


def test_the_workflows_are_sound() -> None:
    """Expressions, contexts and shell lines, by the rules of actionlint where this machine has it."""
    assert _complaints("actionlint", *_WORKFLOWS) == ""


def test_every_job_ends() -> None:
    """A hanging endpoint costs minutes and not six hours."""
    jobs = {file.name: yaml.safe_load(file.read_text("utf-8"))["jobs"] for file in _WORKFLOWS}
    assert [(file, name) for file, of in jobs.items() for name, job in of.items() if "timeout-minutes" not in job] == []


@pytest.mark.parametrize("script", [ROOT / "examples/pre_deploy.sh", ROOT / ".ci/run"], ids=lambda path: path.name)
def test_a_shell_script_is_sound(script: Path) -> None:
    """By the rules of shellcheck."""
    assert _complaints("shellcheck", script) == ""


def test_the_dockerfile_is_sound() -> None:
    """By the rules of hadolint."""
    assert _complaints("hadolint", ROOT / "Dockerfile") == ""
