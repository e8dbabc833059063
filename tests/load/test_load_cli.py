"""The command line, as a person runs it: a process, what it prints, and how it ends."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from load import cli
from load.run_file import read_run
from load.stream_row import Outcome

ROOT = Path(__file__).parents[2]
# Tests share their processors: how late this generator is here says nothing about it.
PATIENT = ("--largest-lag-seconds", "5")


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "load", *map(str, arguments)]


def run_cli(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def steady(endpoint, *arguments: object) -> subprocess.CompletedProcess[str]:
    return run_cli("run", "steady", "--endpoint", endpoint.url, "--seconds", 1, *PATIENT, *arguments)


def test_held_objectives_end_with_0(endpoint, tmp_path):
    """A run whose objectives hold prints metrics and verdicts, keeps its rows, and ends with 0."""
    limits = tmp_path / "limits.toml"
    limits.write_text("objectives = ['ttfp_mean < 10 s', 'ttfp_min > 40 ms', 'images_per_second > 0.1']")
    ended = steady(
        endpoint, "--objectives", limits, "--objective", "longest_gap_max < 10 s", "--save", tmp_path / "runs"
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.count(" held ") == 4
    assert "time to first preview" in ended.stdout
    (file,) = (tmp_path / "runs").glob("steady-*.jsonl")
    assert f"run file: {file}" in ended.stdout
    with file.open() as lines:
        run = read_run(lines)
    assert (run.fingerprint.endpoint, run.fingerprint.users) == (endpoint.url, 1)
    assert {row.outcome for row in run.rows} == {Outcome.COMPLETE}


def test_an_objective_that_falls_short_ends_with_1(endpoint):
    """One objective that falls short is enough, whatever the others do."""
    ended = steady(endpoint, "--objective", "ttfp_min < 1 ms", "--objective", "ttfp_p99 < 1 s")
    assert ended.returncode == 1
    assert "fell short" in ended.stdout
    assert "not testable" in ended.stdout


def test_too_few_streams_end_with_3(endpoint):
    """A percentile that could not be judged is not a pass."""
    ended = steady(endpoint, "--objective", "ttfp_p99.9 < 10 s")
    assert ended.returncode == 3
    assert "of 2995" in ended.stdout
    assert "run for longer" in ended.stderr


def test_failures_are_shown_by_kind_and_end_with_3_when_nothing_came(endpoint):
    """An endpoint that never delivers a picture cannot be judged, and the table says why."""
    endpoint.script = replace(endpoint.script, head=b"HTTP/1.1 503 Busy\r\n")
    ended = steady(endpoint, "--objective", "ttfp_mean < 10 s")
    assert ended.returncode == 3
    assert "HTTP status" in ended.stdout
    assert "not one stream delivered a picture" in ended.stderr


def test_an_endpoint_that_is_not_there_ends_with_3_at_once(closed_origin):
    """Nothing listens, so no load is started and one line says so."""
    started = time.monotonic()
    ended = run_cli("run", "steady", "--endpoint", closed_origin, "--seconds", 60)
    assert ended.returncode == 3
    assert ended.stderr == f"Error: {closed_origin} could not be reached: Connection refused\n"
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "steady"], "Missing option '--endpoint'"),
        (["run", "rush", "--endpoint", "a/b"], "'rush' is not a scenario; the scenarios are "),
        (["run", "steady", "--endpoint", "nowhere"], "'nowhere' is not an endpoint"),
        (["run", "steady", "--endpoint", "a/b", "--payload", "{"], "the payload is not JSON"),
        (["run", "steady", "--endpoint", "a/b", "--objective", "ttfp"], "'ttfp' is not an objective"),
        (["run", "steady", "--endpoint", "a/b", "--objective", "tfp_p95 < 1 s"], "'tfp_p95' is not a metric"),
        (["run", "steady", "--endpoint", "a/b", "--objectives", __file__], "cannot be read as TOML"),
        (["run", "steady", "--endpoint", "a/b", "--users", "0"], "0 is not in the range"),
        (["run", "steady", "--endpoint", "a/b", "--users", "3"], "say --i-own-this-endpoint"),
        (["run", "steady", "--endpoint", "a/b", "--seconds", "61"], "is more than 2 users for 60 s"),
    ],
)
def test_bad_usage_ends_with_2_and_one_clear_line(arguments, message):
    """Nothing is sent, and the last line says what to change."""
    ended = run_cli(*arguments)
    assert ended.returncode == 2
    assert message in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


def test_an_interrupted_run_is_judged_on_what_it_recorded(endpoint, tmp_path):
    """Ctrl-C ends the run soon, lets the stream in flight finish, and loses nothing."""
    process = subprocess.Popen(
        command(
            *("run", "steady", "--endpoint", endpoint.url, "--seconds", 300, *PATIENT),
            *("--objective", "ttfp_mean < 10 s", "--save", tmp_path),
        ),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while len(endpoint.heads) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert "Interrupted" in out
    (file,) = tmp_path.glob("*.jsonl")
    with file.open() as lines:
        outcomes = [row.outcome for row in read_run(lines).rows]
    assert outcomes == [Outcome.COMPLETE] * len(endpoint.heads)


@pytest.mark.slow
def test_a_second_interruption_hangs_up_and_still_judges(endpoint):
    """Whoever cannot wait for the stream in flight presses Ctrl-C again, and loses that stream only."""
    process = subprocess.Popen(
        command(
            *(
                "run",
                "steady",
                "--endpoint",
                endpoint.url,
                "--seconds",
                300,
                *PATIENT,
                "--objective",
                "ttfp_max < 10 s",
            ),
        ),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while len(endpoint.heads) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    endpoint.script = replace(endpoint.script, silence_seconds=30.0)
    time.sleep(0.5)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
    out, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "streams in flight then are lost" in out


def test_help_names_what_can_be_asked():
    """The help page shows scenarios, metrics, exit codes and an example."""
    page = run_cli("run", "--help").stdout
    for word in ("steady", "ttfp", "images_per_second", "Exit codes", "--objective 'ttfp_p95 <= 1.2 s'", "FAL_KEY"):
        assert word in page


def test_a_dry_run_sends_nothing(endpoint):
    """It says what would be sent and what that costs, also where it would be refused without the owner."""
    ended = steady(endpoint, "--dry-run", "--users", 4, "--image-seconds", 2, "--gpu-hour-price", 4.5)
    assert (ended.returncode, endpoint.heads) == (0, [])
    assert ended.stdout.splitlines()[-1] == "Nothing was sent."
    assert run_cli("run", "steady", "--endpoint", "a/b", "--users", 99, "--dry-run").returncode == 0


def test_reports_and_suggestions_are_written_where_they_were_asked_for(endpoint, tmp_path):
    """A report of a format and limits for the next run; an unknown format is refused at once."""
    limits = tmp_path / "limits.toml"
    ended = steady(endpoint, "--report", f"json={tmp_path / 'run.json'}", "--suggest-objectives", limits)
    assert ended.returncode == 0, ended.stderr
    assert json.loads((tmp_path / "run.json").read_text())["format"]
    assert "objectives = [" in limits.read_text()
    asked = len(endpoint.heads)
    refused = steady(endpoint, "--report", "pdf=run.pdf")
    assert (refused.returncode, len(endpoint.heads)) == (2, asked)
    assert "unknown report format 'pdf': use html, json, markdown" in refused.stderr


def test_locust_runs_the_scenario_by_itself(endpoint, tmp_path):
    """`locust -f` takes the file with Locust's own flags, and a --host with or without the path."""
    locust = [sys.executable, "-m", "locust", "-f", "load/scenarios/steady.py", "--host", endpoint.url]
    ended = subprocess.run(
        [*locust, "--headless", "-u", "2", "-r", "2", "-t", "1s", "--only-summary", "--rows", tmp_path / "rows.jsonl"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "first preview" in ended.stderr
    with (tmp_path / "rows.jsonl").open() as lines:
        assert len(read_run(lines).rows) > 2


def test_the_command_line_loads_without_locust():
    """Importing the command line, metrics and objectives imports neither Locust nor gevent."""
    code = "import load.cli, sys; print(sorted({'locust', 'gevent', 'httpx'} & set(sys.modules)))"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


def test_no_module_takes_a_name_of_the_standard_library():
    """Locust puts a scenario's folder first on the import path, where such a name would shadow the real one."""
    names = {path.stem for path in (ROOT / "load").rglob("*.py")}
    assert names & sys.stdlib_module_names <= {"__main__"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--host", "ftp://a"], "'ftp://a' is not an endpoint"),
        (["--host", "http://127.0.0.1", "--payload", "{"], "the payload is not JSON"),
        (["--host", "http://127.0.0.1", "--rows", "/dev/null/rows.jsonl"], "cannot be created"),
    ],
)
def test_locust_refuses_bad_options_before_it_sends_anything(options, message):
    """Under `locust -f` too, bad usage ends with 2 and one clear line."""
    ended = subprocess.run(
        [sys.executable, "-m", "locust", "-f", "load/scenarios/steady.py", "--headless", "-t", "1s", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert message in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("name", [None, *cli._COMMANDS])
def test_help_keeps_its_lists(name):
    """Lists stay lists: what tells click so is not printed."""
    text = cli.main.get_command(None, name) if name else cli.main
    shown = CliRunner().invoke(text, ["--help"]).output
    assert shown.startswith("Usage: ")
    assert "\\b" not in shown
