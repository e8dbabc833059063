"""The GitHub Action, its steps run here."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conformance.core import Request, Transcript
from conformance.player import Player
from conformance.samples import event, final, good_events, preview, stream
from tests.gates.action_run import StepResult, read_action, run_step

_REPORTS = {"html": "report.html", "json": "report.json", "junit": "report.xml", "markdown": "report.md"}
_REPORTS["sarif"] = "report.sarif"

Act = Callable[..., StepResult]


@pytest.fixture
def act(tmp_path: Path, environment: dict[str, str]) -> Act:
    """Run the step that checks; what the step before it installs is stood in for by what is installed here."""
    python = tmp_path / "runner" / "fal-stream-check" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', "utf-8")
    python.chmod(0o755)
    workspace = tmp_path / "work space"
    workspace.mkdir()
    step = next(item for item in read_action()["runs"]["steps"] if item.get("id") == "check")

    def act(**inputs: str) -> StepResult:
        known = {**environment, "RUNNER_TEMP": str(tmp_path / "runner")}
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        return run_step(step, given, folder=workspace, environment=known)

    return act


def test_a_good_stream_is_green_and_leaves_its_evidence(act: Act, good_endpoint: str, tmp_path: Path) -> None:
    """Exit code 0, every report where the outputs say, transcripts beside them, the report as the summary."""
    done = act(endpoint=good_endpoint, strict="true")
    paths = {name: f"stream-check/{file}" for name, file in _REPORTS.items()}
    assert done.outputs == {"outcome": "held", "exit-code": "0", "folder": "stream-check", **paths}, done.log
    assert done.exit_code == 0
    workspace = tmp_path / "work space"
    assert all((workspace / path).stat().st_size for path in paths.values())
    assert list((workspace / "stream-check").glob("*.jsonl"))
    assert done.summary == (workspace / paths["markdown"]).read_text("utf-8")


def test_a_faulty_stream_fails_the_job_and_is_annotated(act: Act, faulty_endpoint: str) -> None:
    """Exit code 1, and an annotation that names the rule, after the runner listens to commands again."""
    done = act(endpoint=faulty_endpoint)
    assert (done.exit_code, done.outputs["outcome"], done.outputs["exit-code"]) == (1, "fell-short", "1"), done.log
    token = done.log.partition("::stop-commands::")[2].splitlines()[0]
    heard = done.log.partition(f"::{token}::\n")[2]
    assert "::error title=MUST S03 unterminated-event::" in heard


def test_a_soft_gate_shows_the_fault_and_passes(act: Act, faulty_endpoint: str) -> None:
    """The step succeeds; the outputs still tell what came out."""
    done = act(endpoint=faulty_endpoint, soft="true")
    assert (done.exit_code, done.outputs["exit-code"]) == (0, "1"), done.log
    assert "S03" in done.summary


@pytest.mark.parametrize("soft", ["true", "false"])
def test_an_endpoint_that_is_not_there_is_never_green(act: Act, dead_endpoint: str, soft: str) -> None:
    """Exit code 3, softly too."""
    done = act(endpoint=dead_endpoint, soft=soft)
    assert (done.exit_code, done.outputs["outcome"]) == (3, "nothing-judged"), done.log


@pytest.mark.parametrize("arguments", ["--dry-run", "--help"])
def test_a_command_that_judged_nothing_is_never_green(act: Act, good_endpoint: str, arguments: str) -> None:
    """Also where it ended with 0 and the folder holds the reports of an earlier, good run."""
    assert act(endpoint=good_endpoint).exit_code == 0
    done = act(endpoint=good_endpoint, arguments=arguments, soft="true")
    assert (done.exit_code, done.outputs["outcome"]) == (3, "nothing-judged"), done.log
    assert "json" not in done.outputs
    assert "without a report" in done.summary


@pytest.mark.parametrize(
    "inputs",
    [
        {"endpoint": ""},
        {"warm_up": "yes"},
        {"arguments": "--header 'X-A: 1"},
        {"arguments": "--no-such-option"},
        {"profile": "no-such-profile"},
        {"endpoint": "--help"},
        {"rules": "1999.1"},
        {"known_failures": "no-such-file.toml"},
    ],
    ids=str,
)
def test_a_wrong_input_ends_with_2(act: Act, good_endpoint: str, inputs: dict[str, str]) -> None:
    """A gate that is set up wrongly is red, softly too, and nothing is sent."""
    assert act(**{"endpoint": good_endpoint, "soft": "true", **inputs}).exit_code == 2


_HOSTILE = 'it\'s "$(touch EXECUTED)" `touch EXECUTED` ; touch EXECUTED\n::set-output name=outcome::held\n*'


@pytest.mark.parametrize(
    "name", ["arguments", "depth", "folder", "key", "payload", "profile", "repeat", "rules", "since", "soft", "warm-up"]
)
def test_no_input_is_executed(act: Act, good_endpoint: str, tmp_path: Path, name: str) -> None:
    """Quotes, substitutions and line breaks stay what they are."""
    act(**{"endpoint": good_endpoint, name.replace("-", "_"): _HOSTILE})
    assert [file for file in tmp_path.rglob("EXECUTED*") if not file.is_dir()] == []


def test_a_hostile_endpoint_is_no_command(act: Act) -> None:
    """Not even as the endpoint itself."""
    done = act(endpoint=f"http://127.0.0.1:9/{_HOSTILE}")
    assert done.exit_code in (2, 3), done.log


def test_a_payload_arrives_as_it_was_written(act: Act) -> None:
    """Quotes, dollars and line breaks reach the endpoint."""
    prompt = 'it\'s a "$HOME" `cat`\n*'
    asked: list[bytes] = []

    def note(request: Request, transcript: Transcript) -> None:
        asked.append(request.body)

    with Player([stream(*good_events())], speed=0, on_request=note) as url:
        act(endpoint=url, payload=json.dumps({"prompt": prompt}))
    assert [json.loads(body) for body in asked if b"HOME" in body][:1] == [{"prompt": prompt}]


def test_what_the_endpoint_says_is_no_command_to_the_runner(act: Act) -> None:
    """Text of the endpoint is in the log only while the runner does not listen, or escaped."""
    bad = event(preview(1, 2, note="\n::error::forged\n")), b"data: ##[error]forged\n\n", event(final())
    with Player([stream(*bad)], speed=0) as url:
        log = act(endpoint=url).log
    token = log.partition("::stop-commands::")[2].splitlines()[0]
    before, _, after = log.partition(f"::stop-commands::{token}\n")
    heard = before + after.partition(f"::{token}::\n")[2]
    assert [line for line in heard.splitlines() if line.lstrip().startswith("::error::forged")] == []


def test_the_key_is_masked_and_stays_out_of_the_evidence(act: Act, tmp_path: Path) -> None:
    """It is sent, told to the runner's masking before anything else, and in no file and on no command line."""
    key = "key-id:5%secret-of-the-test"
    with Player([stream(*good_events())], speed=0) as url:
        done = act(endpoint=url, key=key)
    lines = done.log.splitlines()
    assert lines[0] == "::add-mask::key-id:5%25secret-of-the-test"
    assert key not in "\n".join(lines[1:])
    files = [file for file in (tmp_path / "work space").rglob("*") if file.is_file()]
    assert [file.name for file in files if key.encode() in file.read_bytes()] == []


def test_the_key_is_sent(act: Act) -> None:
    """As fal's clients send it."""
    sent: list[str] = []

    def note(request: Request, transcript: Transcript) -> None:
        sent.extend(value for name, value in request.headers if name.lower() == "authorization")

    with Player([stream(*good_events())], speed=0, on_request=note) as url:
        act(endpoint=url, key="id:secret")
    assert "Key id:secret" in sent


def test_a_run_is_compared_with_the_one_before(act: Act, good_endpoint: str, faulty_endpoint: str) -> None:
    """The first run has no earlier one, which is said; the second tells what is new, from the same folder."""
    first = act(endpoint=good_endpoint, since="stream-check/report.json")
    assert (first.exit_code, "compared with no earlier one" in first.log) == (0, True), first.log
    second = act(endpoint=faulty_endpoint, since="stream-check/report.json")
    assert (second.exit_code, "Since" in second.summary) == (1, True), second.log


def test_a_folder_of_the_user_is_not_taken_for_the_package(act: Act, good_endpoint: str, tmp_path: Path) -> None:
    """A repository may have a folder named conformance."""
    (tmp_path / "work space" / "conformance").mkdir()
    (tmp_path / "work space" / "conformance" / "__main__.py").write_text("raise SystemExit(0)\n", "utf-8")
    assert act(endpoint=good_endpoint).outputs["outcome"] == "held"


def test_no_value_stands_in_a_script() -> None:
    """An expression in a `run` body would be code before the shell reads it."""
    steps = read_action()["runs"]["steps"]
    assert [step["run"] for step in steps if "${{" in step.get("run", "")] == []


def test_every_input_is_used() -> None:
    """An input that nobody reads would promise something."""
    action = read_action()
    used = json.dumps(action["runs"])
    assert [name for name in action["inputs"] if f"inputs.{name} " not in used] == []


def test_every_foreign_action_is_pinned() -> None:
    """By the hash of a commit, since a tag can be moved."""
    used = [step["uses"] for step in read_action()["runs"]["steps"] if "uses" in step]
    assert [name for name in used if len(name.partition("@")[2]) != 40] == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_whole_action_runs(good_endpoint: str, environment: dict[str, str], tmp_path: Path) -> None:
    """Its own install step, then the check, in the virtual environment which that step made."""
    known = {name: value for name, value in environment.items() if name != "PYTHONPATH"}
    known |= {"RUNNER_TEMP": str(tmp_path / "temp"), "PYTHON_PATH": sys.executable, "PIP_NO_CACHE_DIR": "1"}
    install, check = [step for step in read_action()["runs"]["steps"] if "run" in step]
    installed = run_step(install, {}, folder=tmp_path, environment=known)
    if "No matching distribution found" in installed.log:
        pytest.skip("no package index can be reached")
    assert installed.exit_code == 0, installed.log
    done = run_step(check, {"endpoint": good_endpoint}, folder=tmp_path, environment=known)
    assert (done.exit_code, done.outputs["outcome"]) == (0, "held"), done.log
