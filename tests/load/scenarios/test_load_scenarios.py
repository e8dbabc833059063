"""Each scenario once, over a real Locust, against an endpoint that answers at once."""

import json
import subprocess
import sys
from dataclasses import replace
from itertools import islice, takewhile
from pathlib import Path

import pytest

from load.run import MarkKind
from load.stream_row import Outcome
from load.workload.arrivals import Arrivals, planned_ns, share_of
from load.workload.dataset import drawn, read_json_lines
from tests.load.conftest import Script, picture_event
from tests.load.locust_run import run_scenario

ROOT = Path(__file__).parents[3]
QUICK = Script(first_seconds=0.02, cadence_seconds=0.02)
RATE, SEED = 40, 7
LAST_MOMENT_NS = 200_000_000


@pytest.fixture(autouse=True)
def quick_endpoint(endpoint):
    endpoint.script = QUICK
    return endpoint


def due(run) -> list[int]:
    """The plan of the run, up to its end."""
    plan = planned_ns(Arrivals.POISSON, rate=RATE, seed=SEED)
    return list(takewhile(lambda at_ns: at_ns < run.end.at_ns, plan))


def arrivals(endpoint, folder, **fields):
    return run_scenario("arrivals", endpoint.url, folder, "--rate", str(RATE), "--seed", str(SEED), **fields)


def test_arrivals_keep_the_plan_of_their_seed(endpoint, tmp_path):
    """Each planned instant has its stream, no other has, and none was sent before it was due."""
    run = arrivals(endpoint, tmp_path, users=20, run_seconds=2)
    planned = sorted(row.planned_ns for row in run.rows)
    assert planned == due(run)[: len(planned)]
    # What comes due while Locust stops is neither sent nor anybody's fault.
    assert all(at_ns > run.end.at_ns - LAST_MOMENT_NS for at_ns in due(run)[len(planned) :])
    assert all(row.started_ns >= row.planned_ns for row in run.rows)
    assert run.end.unsent == 0
    assert dict(run.fingerprint.workload)["rate"] == "40.0"


def test_arrivals_that_were_never_sent_are_counted(endpoint, tmp_path):
    """One user cannot keep the plan: what was sent came late, by what it was late, and the rest is counted."""
    endpoint.script = replace(QUICK, cadence_seconds=0.2)
    run = arrivals(endpoint, tmp_path, users=1, run_seconds=3)
    assert len(run.rows) + run.end.unsent == len(due(run))
    assert [row.planned_ns for row in run.rows] == due(run)[: len(run.rows)]
    assert run.end.unsent > 40
    assert run.rows[-1].started_ns - run.rows[-1].planned_ns > 1e9


@pytest.mark.slow
def test_workers_share_the_plan(endpoint, tmp_path):
    """Two processes keep it together: each planned instant once, half of them each."""
    run = arrivals(endpoint, tmp_path, users=20, run_seconds=2, processes=2)
    for index in (0, 1):
        share = share_of(planned_ns(Arrivals.POISSON, rate=RATE, seed=SEED), index=index, workers=2)
        planned = sorted(row.planned_ns for row in run.rows if row.worker == f"worker {index}")
        assert planned == list(islice(share, len(planned)))
    # Workers begin their clocks when their master's word arrives, which is later than the master's own.
    assert len(run.rows) >= sum(at_ns < run.end.at_ns - 3 * LAST_MOMENT_NS for at_ns in due(run))
    assert run.end.unsent == 0


def test_a_spike_has_few_users_then_many_then_few(endpoint, tmp_path):
    """The marks say when, and the rows show it."""
    run = run_scenario("spike", endpoint.url, tmp_path, "--spike-factor", "4", users=8, run_seconds=8)
    stages = [mark for mark in run.marks if mark.kind is MarkKind.STAGE]
    assert [mark.text for mark in stages] == ["before: 2 users", "spike: 8 users", "after: 2 users"]
    in_spike, after = (mark.at_ns for mark in stages[1:])
    assert [in_flight(run, at_ns) for at_ns in (in_spike - 500_000_000, after - 500_000_000)] == [2, 8]
    assert in_flight(run, run.end.at_ns - 100_000_000) == 2


def in_flight(run, at_ns: int) -> int:
    """How many streams there are about that instant; a user that just ended one has another at once."""
    near = range(at_ns - 40_000_000, at_ns + 40_000_000, 4_000_000)
    return max(sum(row.started_ns <= instant < row.end_ns for row in run.rows) for instant in near)


def test_a_soak_is_a_steady_run(endpoint, tmp_path):
    """As many users from beginning to end."""
    run = run_scenario("soak", endpoint.url, tmp_path, users=3, run_seconds=2)
    assert {row.outcome for row in run.rows} == {Outcome.COMPLETE}
    assert run.fingerprint.scenario == "soak"


def test_slow_readers_take_turns_with_nobody_slow(endpoint, tmp_path):
    """A fourth of the users reads slowly in some blocks, and what lay in the kernel then is no lag."""
    options = ("--block-seconds", "0.5", "--reader-bytes-per-second", "30000")
    run = run_scenario("slow_readers", endpoint.url, tmp_path, *options, users=4, run_seconds=3)
    by_group = {name: [row for row in run.rows if row.group == name] for name in ("slow", "normal", "nobody slow")}
    assert sum(map(len, by_group.values())) == len(run.rows)
    # Three pictures of 3 kB each.
    assert min(row.end_ns - row.sent_ns for row in by_group["slow"]) > 0.3e9
    assert {row.kernel_ns for row in by_group["slow"]} == {()}
    assert len(by_group["normal"]) > 3 * len(by_group["slow"]) > 0
    assert by_group["nobody slow"]


def test_users_who_hang_up_are_told_from_those_who_stay(endpoint, tmp_path):
    """They leave with the first preview, and nothing about the endpoint is made of it."""
    options = ("--block-seconds", "0.5", "--leave-share", "0.5")
    run = run_scenario("hang_ups", endpoint.url, tmp_path, *options, users=4, run_seconds=3)
    outcomes = {(row.group, row.outcome) for row in run.rows}
    assert outcomes == {
        ("leaves", Outcome.LEFT),
        ("stays", Outcome.COMPLETE),
        ("nobody leaves", Outcome.COMPLETE),
    }
    assert {len(row.pictures) for row in run.rows if row.group == "leaves"} == {1}


def _as_sent(run):
    # A stream whose pictures were looked at is told of when they were, which may be after the next one.
    return sorted(run.rows, key=lambda row: row.sent_ns)


def test_a_cold_start_is_alone_after_each_idle_time(endpoint, tmp_path):
    """The endpoint gets nothing for as long as the group says, then one stream, and a warm one after it."""
    run = run_scenario("cold_start", endpoint.url, tmp_path, "--idle-seconds", "0.2,0.5", users=1, run_seconds=3)
    rows = _as_sent(run)
    assert [row.group for row in rows[:2]] == ["first", "warm"]
    assert [row.group for row in rows[1::2]] == ["warm"] * (len(rows) // 2)
    for warm, cold in zip(rows[1::2], rows[2::2], strict=False):
        idle_seconds = float(cold.group.split()[1])
        assert (cold.sent_ns - warm.end_ns) / 1e9 == pytest.approx(idle_seconds, abs=0.15)
    assert {row.group for row in run.rows} == {"first", "warm", "after 0.2 s", "after 0.5 s"}


def test_ways_of_previewing_take_turns(endpoint, tmp_path):
    """Each block has one way, and the endpoint is told in the payload."""
    ways = '{"on": {}, "off": {"previews": false}}'
    options = ("--block-seconds", "0.5", "--preview-payloads", ways)
    run = run_scenario("preview_tax", endpoint.url, tmp_path, *options, payload='{"prompt": "a"}', run_seconds=3)
    told = [json.loads(body) for body in endpoint.bodies]
    offs = sum(body == {"prompt": "a", "previews": False} for body in told)
    assert offs == sum(row.group == "off" for row in run.rows) > 0
    assert sum(body == {"prompt": "a"} for body in told) == len(run.rows) - offs > 0
    blocks = {(row.planned_ns // 500_000_000, row.group) for row in run.rows}
    assert len(blocks) == len({block for block, _ in blocks})


def test_a_mixed_run_draws_its_dataset_by_the_seed(endpoint, tmp_path):
    """The requests are those of the seed, in their order, with the group that each has."""
    lines = ['{"prompt": "a", "group": "small"}', '{"prompt": "b", "width": 1024, "group": "large", "weight": 2}']
    dataset = tmp_path / "prompts.jsonl"
    dataset.write_text("\n".join(lines))
    options = ("--dataset", str(dataset), "--seed", "3")
    run = run_scenario("mixed", endpoint.url, tmp_path, *options, users=1, run_seconds=2, payload='{"steps": 9}')
    expected = list(islice(drawn(read_json_lines(lines), seed=3), len(run.rows)))
    assert [json.loads(body) for body in endpoint.bodies] == [{"steps": 9, **dict(item.overrides)} for item in expected]
    assert [row.group for row in _as_sent(run)] == [item.group for item in expected]


@pytest.mark.parametrize(
    ("scenario", "options", "message"),
    [
        ("arrivals", ["--rate", "0"], "the rate is 0.0, expected more than 0 streams a second"),
        ("ramp_to_knee", ["--attainment", "1"], "the share to attain is 1.0, expected more than 0 and less than 1"),
        ("cold_start", ["-u", "2"], "cold_start has one user, and --users is 2: others would keep it warm"),
        ("preview_tax", ["--preview-payloads", '{"on": {}}'], "names 1 ways, expected two or more"),
        ("mixed", ["--dataset", "{dataset}"], "line 2 of the dataset is not JSON"),
        ("hang_ups", ["--leave-share", "2"], "--leave-share is 2, expected a share from 0 to 1"),
    ],
)
def test_bad_options_end_with_2_before_anything_is_sent(endpoint, tmp_path, scenario, options, message):
    """One line, and it says what was read and what was expected."""
    (tmp_path / "prompts.jsonl").write_text('{"prompt": "a"}\n{"prompt":\n')
    options = [option.replace("{dataset}", str(tmp_path / "prompts.jsonl")) for option in options]
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "locust", "-f", f"load/scenarios/{scenario}.py"),
            *("--headless", "-t", "1s", "--host", endpoint.url, *options),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert message in ended.stderr.splitlines()[-1]
    assert endpoint.heads == []


def test_an_endpoint_that_fails_at_once_does_not_make_the_plan_late(endpoint, tmp_path):
    """In an open workload a pause after a failure would be the generator's own lateness."""
    endpoint.script = replace(QUICK, events=(b'data: {"error": "busy"}\n\n', picture_event()))
    run = arrivals(endpoint, tmp_path, users=20, run_seconds=2)
    assert {row.outcome for row in run.rows} == {Outcome.ERROR_EVENT}
    assert run.end.unsent == 0
