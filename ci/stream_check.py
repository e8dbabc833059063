"""A gate in CI: check an endpoint, leave the evidence in a folder, tell the CI system what came out.

    STREAM_CHECK_ENDPOINT=http://127.0.0.1:8000/stream python ci/stream_check.py

`action.yml` runs it on GitHub; it is the same anywhere else. Everything comes from environment variables, so that no
value is ever read as code by a shell or as an option by the command. What each one means stands in `action.yml`.
Where GitHub gives the files, the summary and the outputs go there. It needs the light package and nothing else.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec
from pathlib import Path

import github_runner
from gate_inputs import WrongInputError, given, is_on, option, words

_PREFIX = "STREAM_CHECK_"
_KEY = f"{_PREFIX}KEY"
_REPORTS = {
    "html": "report.html",
    "json": "report.json",
    "junit": "report.xml",
    "markdown": "report.md",
    "sarif": "report.sarif",
    "github": "annotations.txt",
}
_NEEDED_FOR_HTML = ("jinja2", "plotly")  # the extra `html`
_VALUES = ("PROFILE", "PAYLOAD", "DEPTH", "REPEAT", "RULES", "KNOWN_FAILURES")
_SWITCHES = ("STRICT", "WARM_UP")


class Outcome(Enum):
    """What came out; the value is the exit code of `fal-stream-check`."""

    HELD = 0
    FELL_SHORT = 1
    WRONG_USAGE = 2
    NOTHING_JUDGED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One run.

    Attributes:
        command: What is run, word by word.
        folder: Where transcripts and reports go.
        forgives_shortfalls: Whether a MUST that fell short leaves the run green. A run without a verdict never is.
        key: What must not be seen in a log, or "".
    """

    command: tuple[str, ...]
    folder: Path
    forgives_shortfalls: bool
    key: str

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Gate":
        """The run that the variables describe.

        Raises:
            WrongInputError: One of them cannot be used.
        """
        inputs = given(environment, _PREFIX)
        if not inputs.get("ENDPOINT"):
            raise WrongInputError("ENDPOINT is empty, expected an http(s) URL or a fal id such as owner/app")
        folder = Path(inputs.get("FOLDER") or "stream-check")
        # -P: a folder named conformance in the user's repository is not ours.
        command = [sys.executable, "-P", "-m", "conformance", "check", f"--save={folder}"]
        command += [f"--report={name}={folder / file}" for name, file in _reports().items()]
        command += [f"{option(name)}={inputs[name]}" for name in _VALUES if inputs.get(name)]
        command += [option(name) for name in _SWITCHES if is_on(name, inputs)]
        command += [f"--key-from={_KEY}"] if inputs.get("KEY") else []
        command += _since(inputs.get("SINCE", ""))
        command += words(inputs.get("ARGUMENTS", ""))
        return cls(
            command=(*command, "--", inputs["ENDPOINT"]),
            folder=folder,
            forgives_shortfalls=is_on("SOFT", inputs),
            key=inputs.get("KEY", ""),
        )

    def run(self) -> "Result":
        """Check the endpoint. Only a report that was written by this very run is a verdict."""
        paths = {name: self.folder / file for name, file in _REPORTS.items()}
        before = {name: _written_at(path) for name, path in paths.items()}
        code = subprocess.run(self.command, check=False).returncode  # noqa: S603 - a list, and no shell
        reports = {name: path for name, path in paths.items() if _written_at(path) != before[name]}
        return Result(outcome=_outcome(code, has_report="json" in reports), reports=reports)

    def exit_code(self, outcome: Outcome) -> int:
        """What the step ends with."""
        forgiven = self.forgives_shortfalls and outcome is Outcome.FELL_SHORT
        return 0 if forgiven else outcome.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run left.

    Attributes:
        outcome: What came out.
        reports: The path of each report that it wrote.
    """

    outcome: Outcome
    reports: Mapping[str, Path]

    def outputs(self, folder: Path) -> dict[str, str]:
        """What later steps can ask for."""
        verdict = {"outcome": self.outcome.name.lower().replace("_", "-"), "exit-code": str(self.outcome.value)}
        paths = {name: str(path) for name, path in self.reports.items() if name != "github"}
        return {**verdict, "folder": str(folder), **paths}

    @property
    def summary(self) -> str:
        """The report as Markdown, or that there is none."""
        if "markdown" in self.reports:
            return self.reports["markdown"].read_text("utf-8")
        return f"⛔ fal-stream-check ended with {self.outcome.value}, without a report. The log says why.\n"


def main() -> int:
    """Run the gate that the environment describes."""
    try:
        gate = Gate.read(os.environ)
    except WrongInputError as error:
        print(f"Error: {_PREFIX}{error}", file=sys.stderr)
        return Outcome.WRONG_USAGE.value
    if not github_runner.is_here():
        return gate.exit_code(gate.run().outcome)
    github_runner.mask(gate.key)
    with github_runner.no_commands():
        result = gate.run()
    if "github" in result.reports:
        print(result.reports["github"].read_text("utf-8"), end="", flush=True)
    github_runner.add_summary(result.summary)
    github_runner.write_outputs(result.outputs(gate.folder))
    return gate.exit_code(result.outcome)


def _outcome(code: int, *, has_report: bool) -> Outcome:
    if code == Outcome.WRONG_USAGE.value:
        return Outcome.WRONG_USAGE
    # `--dry-run` or `--help` among the further arguments succeed, and an interpreter that cannot start ends with 1.
    is_verdict = has_report and code in (Outcome.HELD.value, Outcome.FELL_SHORT.value)
    return Outcome(code) if is_verdict else Outcome.NOTHING_JUDGED


def _reports() -> dict[str, str]:
    has_html = all(map(find_spec, _NEEDED_FOR_HTML))
    return {name: file for name, file in _REPORTS.items() if has_html or name != "html"}


def _since(path: str) -> list[str]:
    if path and not Path(path).is_file():
        print(f"{path!r} is not there: this run is compared with no earlier one")
        return []
    return [f"--since={path}"] if path else []


def _written_at(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


if __name__ == "__main__":
    sys.exit(main())
