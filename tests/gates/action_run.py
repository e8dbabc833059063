"""The steps of `action.yml` that are commands, run here as the runner of GitHub Actions runs them."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
_EXPRESSION = re.compile(r"\$\{\{ *(.+?) *\}\}")
_OUTPUT = re.compile(r"^([\w-]+)<<(\w+)\n(.*?)\n\2$", re.MULTILINE | re.DOTALL)


def read_action(folder: Path = ROOT) -> dict[str, Any]:
    """The action of a folder as YAML gives it."""
    action: dict[str, Any] = yaml.safe_load((folder / "action.yml").read_text("utf-8"))
    return action


@dataclass(frozen=True, kw_only=True)
class StepResult:
    """What a step left.

    Attributes:
        exit_code: What it ended with.
        log: What it printed.
        outputs: What later steps can ask for.
        summary: What the page of the run shows.
    """

    exit_code: int
    log: str
    outputs: dict[str, str]
    summary: str


def run_step(
    step: Mapping[str, Any],
    inputs: Mapping[str, str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    action: Path = ROOT,
) -> StepResult:
    """Run one step of an action in a folder, with the defaults of the inputs that are not given."""
    defaults = {name: item.get("default", "") for name, item in read_action(action)["inputs"].items()}
    # A default that is an expression is the event's, and there is none here.
    known_defaults = {name: "" if "${{" in value else value for name, value in defaults.items()}
    values = {f"inputs.{name}": value for name, value in {**known_defaults, **inputs}.items()}
    values["github.action_path"] = str(action)
    values["steps.python.outputs.python-path"] = environment.get("PYTHON_PATH", "")
    written = {name: folder / f"{name}.txt" for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in written.values():
        file.write_text("", "utf-8")
    known = {name: _EXPRESSION.sub(lambda found: values[found[1]], value) for name, value in step["env"].items()}
    done = subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env={**environment, **known, "GITHUB_ACTIONS": "true", **{name: str(file) for name, file in written.items()}},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return StepResult(
        exit_code=done.returncode,
        log=done.stdout,
        outputs={found[1]: found[3] for found in _OUTPUT.finditer(written["GITHUB_OUTPUT"].read_text("utf-8"))},
        summary=written["GITHUB_STEP_SUMMARY"].read_text("utf-8"),
    )
