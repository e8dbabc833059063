"""The command `ab`, as a person runs it: two applications that take turns, what is printed, and how it ends."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

from load.regression.arm_block import Arm
from load.run import MarkKind, Run
from load.run_file import read_run
from tests.load.conftest import Script, StandInEndpoint, picture_event

ROOT = Path(__file__).parents[3]
# Tests share their processors: how late this generator is here says nothing about it.
PATIENT = ("--largest-lag-seconds", 5)
QUICK = (*PATIENT, "--streams-per-block", 2, "--warm-up-streams", 1)
# Two rounds that would have to be surer than any two are.
UNDECIDED = (
    *("--first-look", 2, "--most-rounds", 2),
    *("--false-alarm-rate", "0.0001 %", "--miss-rate", "0.0001 %"),
)
BASELINE = Script(first_seconds=0.04, cadence_seconds=0.01)
# So much slower that a busy machine does not hide it from a few rounds.
SLOW = replace(BASELINE, first_seconds=0.3)


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "load", "ab", *map(str, arguments)]


def run_ab(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)


def two_sides(endpoint: StandInEndpoint, candidate: Script) -> tuple[str, ...]:
    """One server plays both: their paths differ."""
    endpoint.by_path = {"/old": BASELINE, "/new": candidate}
    return ("--baseline", f"{endpoint.origin}/old", "--candidate", f"{endpoint.origin}/new")


def recorded(folder: Path) -> Run:
    (file,) = folder.glob("ab-*.jsonl")
    with file.open() as lines:
        return read_run(lines)


def test_a_slower_candidate_ends_with_1(endpoint, tmp_path):
    """The sentence says by how much; the JSON document and the Markdown say the same."""
    document, markdown = tmp_path / "ab.json", tmp_path / "ab.md"
    ended = run_ab(
        *two_sides(endpoint, SLOW), *QUICK, "--report", f"json={document}", "--report", f"markdown={markdown}"
    )
    assert (ended.returncode, ended.stderr) == (1, "")
    assert "regressed: time to first preview" in ended.stdout
    told = json.loads(document.read_text())
    assert (told["verdict"], told["exit_code"], told["rounds"]) == ("regressed", 1, 6)
    assert told["metrics"]["ttfp"]["low"] > 1.04
    assert told["generations"] == 6 * 2 * 2 + 2
    assert told["sentence"] in ended.stdout.replace("\n", " ")
    assert markdown.read_text().startswith(f"### ❌ {told['sentence']}\n")


def test_a_faster_candidate_ends_with_0(endpoint):
    """Faster is no regression."""
    sides = two_sides(endpoint, BASELINE)
    endpoint.by_path["/old"] = SLOW
    ended = run_ab(*sides, *QUICK)
    assert (ended.returncode, "no regression larger than 4 %" in ended.stdout) == (0, True)


def test_too_little_data_ends_with_3_and_says_what_it_would_take(endpoint):
    """Two rounds, of which nothing can be said."""
    ended = run_ab(*two_sides(endpoint, BASELINE), *QUICK, *UNDECIDED)
    assert (ended.returncode, "not enough data: " in ended.stdout) == (3, True)


def test_streams_of_one_arm_never_run_beside_the_others(endpoint, tmp_path):
    """A block begins when the last stream of the one before is over, in the order ABBA or BAAB; warm-ups come first."""
    run_ab(*two_sides(endpoint, BASELINE), *QUICK, "--users", 2, "--most-rounds", 6, "--save", tmp_path)
    run = recorded(tmp_path)
    starts = [mark.at_ns for mark in run.marks if mark.kind is MarkKind.TURN]
    blocks = [
        [row for row in run.rows if start <= row.planned_ns < end]
        for start, end in pairwise([*starts, run.end.at_ns + 1])
    ]
    arms = [{row.group for row in block} for block in blocks]
    assert [len(block) for block in blocks] == [2] * 12
    assert all(len(arm) == 1 for arm in arms)
    for quad in range(0, 12, 4):
        first, second, third, fourth = arms[quad : quad + 4]
        assert (first, second) == (fourth, third) != (second, first)
    assert all(row.end_ns <= following for block, following in zip(blocks, starts[1:], strict=False) for row in block)
    warm_ups = [row for row in run.rows if row.is_warm_up]
    assert sorted(row.group for row in warm_ups) == sorted(arm.value for arm in Arm)
    assert all(row.end_ns <= starts[0] for row in warm_ups)


def test_a_candidate_that_fails_has_regressed(endpoint):
    """Durations of streams that never came are no good ones."""
    ended = run_ab(*two_sides(endpoint, replace(BASELINE, head=b"HTTP/1.1 500 No\r\n")), *QUICK)
    assert ended.returncode == 1
    assert "12 of 12 streams failed, of the baseline's 0 of 12" in " ".join(ended.stdout.split())


def test_where_nothing_comes_nothing_is_judged(endpoint):
    """Both fail: that is no verdict on the candidate."""
    dead = replace(BASELINE, head=b"HTTP/1.1 500 No\r\n")
    sides = two_sides(endpoint, dead)
    endpoint.by_path["/old"] = dead
    ended = run_ab(*sides, *QUICK, "--most-rounds", 6)
    assert (ended.returncode, "no round is whole in which both delivered pictures" in ended.stdout) == (3, True)


def test_ctrl_c_judges_what_is_there(endpoint, tmp_path):
    """The streams so far are kept, and too few rounds are no verdict."""
    slow = replace(BASELINE, events=(picture_event(),) * 20, cadence_seconds=0.05)
    running = subprocess.Popen(
        command(*two_sides(endpoint, slow), *PATIENT, "--save", tmp_path), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 30
    while sum(len(path.read_text().splitlines()) for path in tmp_path.glob("*.jsonl")) < 8:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    output, _ = running.communicate(timeout=60)
    assert (running.returncode, "not enough data" in output, f"run file: {tmp_path}" in output) == (3, True, True)
    assert len(recorded(tmp_path).rows) >= 5


def test_an_endpoint_that_is_not_there(endpoint, closed_origin):
    """One line, before anything is sent to the other."""
    for sides in ((closed_origin, endpoint.url), (endpoint.url, closed_origin)):
        ended = run_ab("--baseline", sides[0], "--candidate", sides[1])
        assert (ended.returncode, "could not be reached" in ended.stderr) == (3, True)
    assert endpoint.bodies == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--margin", "much"], "the margin is 'much', expected a share"),
        (["--metric", "speed"], "'speed' is not one of 'ttfp'"),
        (["--first-look", "9", "--most-rounds", "8"], "the first look is after 9 rounds and the last after 8"),
        (["--report", "pdf=x"], "'pdf=x' is not a report; expected FORMAT=PATH with json or markdown"),
        (["--candidate", "https://fal.run/owner/app/stream"], "up to 436 generations go to another machine"),
        (["--processes", "2"], "deployments take turns in one process"),
    ],
)
def test_bad_usage_ends_with_2(endpoint, arguments, words):
    """One line, and nothing is sent."""
    ended = run_ab("--baseline", endpoint.url, "--candidate", endpoint.url, *arguments)
    assert (ended.returncode, words in " ".join(ended.stderr.split())) == (2, True), ended.stderr
    assert endpoint.bodies == []


def test_a_dry_run_says_what_it_would_cost(endpoint):
    """At the least and at the most."""
    ended = run_ab(
        "--baseline", "owner/old", "--candidate", "owner/new", "--dry-run", "--image-seconds", 2, "--warm-up-streams", 0
    )
    assert ended.returncode == 0
    assert "72 to 432 generations, half of them to each" in ended.stdout
    assert "144 to 864 GPU seconds" in ended.stdout


def test_the_document_fits_its_schema(endpoint, tmp_path):
    """What programs read is described, and this is one of them."""
    document = tmp_path / "ab.json"
    run_ab(*two_sides(endpoint, BASELINE), *QUICK, "--most-rounds", 6, "--report", f"json={document}")
    schema = json.loads((ROOT / "load/ab/comparison.schema.json").read_text())
    jsonschema.validate(json.loads(document.read_text()), schema)


def test_a_report_on_standard_output_is_alone_there(endpoint):
    """What is for people goes to standard error then."""
    ended = run_ab(*two_sides(endpoint, SLOW), *QUICK, "--report", "json=-")
    assert json.loads(ended.stdout)["verdict"] == "regressed"
    assert "regressed: " in ended.stderr
