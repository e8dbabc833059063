"""A gate in CI: is the candidate slower than the baseline? Keep the run, and say it where people look.

    STREAM_AB_BASELINE=URL STREAM_AB_CANDIDATE=URL python ci/stream_regression.py

The action `stream-regression` runs it on GitHub; it is the same anywhere else. Everything comes from environment
variables, so that no value is ever read as code by a shell. What each one means stands in the action's `action.yml`.
Only a proven regression fails, and a wrong command.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import github_runner
from gate_inputs import WrongInputError, given, is_on, option, words
from pull_request_comment import PullRequestComment

_PREFIX = "STREAM_AB_"
_OPTIONS = ("MARGIN", "USERS", "PAYLOAD", "STREAMS_PER_BLOCK", "MOST_ROUNDS", "COMMIT")
_LABELS = ("COMMIT", "BRANCH", "TAG", "GPU")
_USAGE, _UNDECIDED = 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One comparison.

    Attributes:
        command: What is run, word by word.
        labels: What the history is told of the run, as options.
        folder: Where the run and the reports go.
        history: The history that the run is added to, or "".
        is_strict: Whether what is not decided fails, too.
        key: What must not be seen in a log, or "".
    """

    command: tuple[str, ...]
    labels: tuple[str, ...]
    folder: Path
    history: str
    is_strict: bool
    key: str = field(repr=False)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Gate":
        """The comparison that the variables describe.

        Raises:
            WrongInputError: One of them cannot be used.
        """
        inputs = given(environment, _PREFIX)
        for name in ("BASELINE", "CANDIDATE"):
            if not inputs.get(name):
                raise WrongInputError(f"{name} is empty, expected an http(s) URL or a fal id")
        folder = Path(inputs.get("FOLDER") or "stream-regression")
        command = [*_load("ab"), f"--baseline={inputs['BASELINE']}", f"--candidate={inputs['CANDIDATE']}"]
        command += [f"--save={folder}", f"--report=json={folder / 'ab.json'}", f"--report=markdown={folder / 'ab.md'}"]
        command += [f"--metric={name}" for name in inputs.get("METRICS", "").replace(",", " ").split()]
        command += [f"{option(name)}={inputs[name]}" for name in _OPTIONS if inputs.get(name)]
        command += ["--i-own-this-endpoint", *words(inputs.get("ARGUMENTS", ""))]
        return cls(
            command=tuple(command),
            labels=tuple(f"{option(name)}={inputs[name]}" for name in _LABELS if inputs.get(name)),
            folder=folder,
            history=inputs.get("HISTORY", ""),
            is_strict=is_on("STRICT", inputs),
            key=inputs.get("KEY", ""),
        )

    def run(self) -> int:
        """Compare, keep the run, and return how the comparison ended."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for report in (self._json, self._markdown):
            report.unlink(missing_ok=True)
        environment = {**os.environ, **({"FAL_KEY": self.key} if self.key else {})}
        code = subprocess.run(self.command, env=environment, check=False).returncode  # noqa: S603 - a list, no shell
        if not self._json.exists():
            return _USAGE if code == _USAGE else _UNDECIDED
        if self.history:
            newest = max(self.folder.glob("ab-*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
            kept = [*_load("history"), "add", str(newest), f"--history={self.history}", *self.labels]
            subprocess.run(kept, check=True)  # noqa: S603 - a list, and no shell
        return code

    @property
    def text(self) -> str:
        """The comparison as Markdown, or that there is none."""
        if self._markdown.exists():
            return self._markdown.read_text("utf-8")
        return "### ⛔ nothing was compared\n\nThe job's log says why.\n"

    @property
    def verdict(self) -> str:
        """The comparison's verdict in one word a step can ask for."""
        if not self._json.exists():
            return "nothing-compared"
        document = json.loads(self._json.read_text("utf-8"))
        return "invalid" if document["invalid"] else str(document["verdict"]).replace(" ", "-")

    def outputs(self, code: int) -> dict[str, str]:
        """What later steps can ask for."""
        told = {"verdict": self.verdict, "exit-code": str(code), "folder": str(self.folder)}
        paths = {"json": self._json, "markdown": self._markdown}
        return {**told, **{name: str(path) for name, path in paths.items() if path.exists()}}

    @property
    def _json(self) -> Path:
        return self.folder / "ab.json"

    @property
    def _markdown(self) -> Path:
        return self.folder / "ab.md"


def main() -> int:
    """Run the gate that the environment describes."""
    try:
        gate = Gate.read(os.environ)
    except WrongInputError as error:
        print(f"Error: {_PREFIX}{error}", file=sys.stderr)
        return _USAGE
    if not github_runner.is_here():
        return _exit_code(gate, gate.run())
    github_runner.mask(gate.key)
    with github_runner.no_commands():
        code = gate.run()
    github_runner.add_summary(gate.text)
    github_runner.write_outputs(gate.outputs(code))
    _comment(gate.text)
    if code == _UNDECIDED:
        print(f"::warning title=stream regression::{gate.verdict}: nothing is proven either way")
    return _exit_code(gate, code)


def _exit_code(gate: Gate, code: int) -> int:
    return 0 if code == _UNDECIDED and not gate.is_strict else code


def _comment(text: str) -> None:
    number, token = os.environ.get(f"{_PREFIX}PULL_REQUEST", ""), os.environ.get(f"{_PREFIX}TOKEN", "")
    if not number or not token:
        return
    comment = PullRequestComment(
        api_url=os.environ["GITHUB_API_URL"],
        repository=os.environ["GITHUB_REPOSITORY"],
        number=int(number),
        name=os.environ.get("GITHUB_JOB", "regression"),
        token=token,
    )
    try:
        comment.write(text)
    except OSError as error:
        # A pull request from a fork has no token that may write; the summary has it all.
        print(f"::warning title=stream regression::no comment was written: {error}")


def _load(command: str) -> list[str]:
    # -P: a folder named load in the user's repository is not ours.
    return [sys.executable, "-P", "-m", "load", command]


if __name__ == "__main__":
    sys.exit(main())
