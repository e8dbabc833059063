"""The GitHub Action that compares two deployments: its step run here, and GitHub's API stood in for."""

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from load.history.history import History
from load.history.selection import Selection
from tests.gates.action_run import StepResult, read_action, run_step
from tests.load.conftest import Script

ROOT = Path(__file__).parents[3]
ACTION = ROOT / ".github/actions/stream-regression"
BASELINE = Script(first_seconds=0.04, cadence_seconds=0.01)
SLOW = replace(BASELINE, first_seconds=0.3)
TOKEN = "t0ken"  # noqa: S105 - of nothing
QUICK = {
    "streams_per_block": "2",
    "most_rounds": "6",
    "arguments": "--warm-up-streams 1 --largest-lag-seconds 5",
}
# Two rounds that would have to be surer than any two are.
UNDECIDED = "--first-look 2 --false-alarm-rate 0.000001 --miss-rate 0.000001"

Act = Callable[..., StepResult]


class _Github(BaseHTTPRequestHandler):
    """Comments of one pull request, and who asked for what."""

    comments: list[dict[str, Any]]
    asked: list[tuple[str, str | None]]

    def _answer(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self) -> str:
        self.asked.append((self.command, self.headers["authorization"]))
        return str(json.loads(self.rfile.read(int(self.headers["content-length"])))["body"])

    def do_GET(self) -> None:
        self._answer(self.comments)

    def do_POST(self) -> None:
        self.comments.append({"id": len(self.comments) + 1, "body": self._body()})
        self._answer({})

    def do_PATCH(self) -> None:
        number = int(self.path.rpartition("/")[2])
        self.comments[number - 1]["body"] = self._body()
        self._answer({})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        return


@pytest.fixture
def github() -> Iterator[tuple[str, type[_Github]]]:
    """Its address, and what it holds."""
    kept = type("Github", (_Github,), {"comments": [{"id": 1, "body": "looks good to me"}], "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kept)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", kept
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def act(tmp_path: Path, endpoint, github) -> Act:
    """Run the step that compares; what the step before it installs is stood in for by what is installed here."""
    python = tmp_path / "runner" / "fal-stream-load" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', "utf-8")
    python.chmod(0o755)
    workspace = tmp_path / "work space"
    workspace.mkdir()
    step = next(item for item in read_action(ACTION)["runs"]["steps"] if item.get("id") == "compare")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "RUNNER_TEMP": str(tmp_path / "runner"),
        "GITHUB_API_URL": github[0],
        "GITHUB_REPOSITORY": "owner/app",
        "GITHUB_JOB": "regression",
    }

    def act(baseline: Script = BASELINE, candidate: Script = BASELINE, **inputs: str) -> StepResult:
        endpoint.by_path = {"/old": baseline, "/new": candidate}
        sides = {"baseline": f"{endpoint.origin}/old", "candidate": f"{endpoint.origin}/new"}
        given = {name.replace("_", "-"): value for name, value in {**sides, **QUICK, **inputs}.items()}
        return run_step(step, given, folder=workspace, environment=environment, action=ACTION)

    return act


@pytest.mark.slow
def test_a_proven_regression_fails_the_job(act, tmp_path):
    """Exit code 1; the run is in the history with its labels, and the summary is the table."""
    done = act(candidate=SLOW, history="kept", commit="abc", branch="faster")
    assert (done.exit_code, done.outputs["verdict"], done.outputs["exit-code"]) == (1, "regressed", "1"), done.log
    assert done.summary.startswith("### ❌ regressed: time to first preview ")
    assert done.summary == (tmp_path / "work space" / done.outputs["markdown"]).read_text("utf-8")
    with History.open(str(tmp_path / "work space" / "kept")) as history:
        (entry,) = history.entries(Selection(branch="faster"))
    assert (entry.commit, entry.figures["ttfp_ratio"] > 2) == ("abc", True)


@pytest.mark.slow
def test_no_regression_is_green(act):
    """A candidate that is faster, without a history."""
    done = act(baseline=SLOW)
    assert (done.exit_code, done.outputs["verdict"]) == (0, "no-regression"), done.log


@pytest.mark.slow
def test_what_is_not_proven_warns(act):
    """The job goes on, unless it is strict."""
    quick = {"most_rounds": "2", "arguments": f"{QUICK['arguments']} {UNDECIDED}"}
    done = act(**quick)
    assert (done.exit_code, done.outputs["verdict"], done.outputs["exit-code"]) == (0, "not-enough-data", "3"), done.log
    assert "::warning title=stream regression::not-enough-data" in done.log
    assert act(**quick, strict="true").exit_code == 3


@pytest.mark.slow
def test_a_wrong_input_fails(act):
    """Whatever it is forgiven for, it is not this."""
    assert act(margin="much").exit_code == 2
    assert act(strict="maybe").exit_code == 2


@pytest.mark.slow
def test_one_comment_that_is_brought_up_to_date(act, github):
    """The first run writes it, the second changes it, and nobody else's is touched; the token goes to GitHub alone."""
    quick = {"most_rounds": "2", "arguments": f"{QUICK['arguments']} {UNDECIDED}"}
    for candidate in (BASELINE, SLOW):
        done = act(candidate=candidate, **quick, pull_request="7", token=TOKEN)
        assert TOKEN not in done.log
    _, kept = github
    assert kept.asked == [("POST", f"Bearer {TOKEN}"), ("PATCH", f"Bearer {TOKEN}")]
    assert [comment["body"].splitlines()[0] for comment in kept.comments] == [
        "looks good to me",
        "<!-- fal-stream: regression -->",
    ]
    assert done.summary in kept.comments[1]["body"]


@pytest.mark.slow
def test_a_comment_that_cannot_be_written_is_a_warning(act, github):
    """A pull request from a fork has no token that may write."""
    quick = {"most_rounds": "2", "arguments": f"{QUICK['arguments']} {UNDECIDED}"}
    _, kept = github
    kept.do_GET = lambda self: self.send_error(403)
    done = act(**quick, pull_request="7", token=TOKEN)
    assert (done.exit_code, "::warning title=stream regression::no comment was written" in done.log) == (0, True)


def test_every_input_reaches_the_script():
    """What is declared is used, and what is used is declared."""
    action = read_action(ACTION)
    used = json.dumps(action["runs"])
    assert [name for name in action["inputs"] if f"inputs.{name}" not in used] == []
