"""The same request, alone, now and then: how fast is the endpoint's machine?"""

from dataclasses import replace

import pytest

from load.host_drift import host_drift, is_noisy
from load.metrics import METRICS
from load.run import CALIBRATION_GROUP, Run
from load.stream_row import Outcome
from tests.load.conftest import Script
from tests.load.fingerprint import FINGERPRINT
from tests.load.locust_run import run_scenario
from tests.load.rows import FAILED, MS, SECOND, a_run, stream

ASKED_TWICE = replace(FINGERPRINT, workload=(("calibration_requests", "2"),))


def calibration(at_ns: int, final_ms: int):
    moved = stream(planned_ns=at_ns, sent_ns=at_ns, started_ns=at_ns, head_ns=at_ns, steps=(), kernel_ns=())
    return replace(
        moved,
        group=CALIBRATION_GROUP,
        is_warm_up=True,
        event_ns=(at_ns + final_ms * MS,),
        pictures=(0,),
        picture_bytes=(1,),
        similarity=(),
        end_ns=at_ns + final_ms * MS,
    )


def calibrated(*finals_ms: int) -> Run:
    rows = [calibration(number * SECOND, final_ms) for number, final_ms in enumerate(finals_ms)]
    return a_run(*rows, fingerprint=ASKED_TWICE)


@pytest.mark.parametrize(
    ("finals_ms", "drift", "noisy"),
    [
        ((100, 100, 100, 100, 100, 100), 0.0, False),
        ((100, 180, 102, 100, 190, 100), 0.0, False),
        ((100, 100, 110, 112, 100, 100), 0.1, True),
        ((100, 100, 100, 102, 102, 103), 0.02, False),
        ((100, 100), None, False),
    ],
    ids=["steady", "single stragglers", "slow in the middle", "a little slower in the end", "one moment"],
)
def test_the_drift(finals_ms, drift, noisy):
    """The shortest of each moment counts; two moments are the least."""
    run = calibrated(*finals_ms)
    assert (host_drift(run), is_noisy(run)) == (None if drift is None else pytest.approx(drift), noisy)


def test_failures_do_not_count():
    """A moment at which nothing came tells nothing."""
    failed = replace(FAILED, group=CALIBRATION_GROUP)
    assert host_drift(a_run(failed, failed, fingerprint=ASKED_TWICE)) is None


def test_a_run_that_did_not_ask():
    """Most runs."""
    assert host_drift(a_run(stream())) is None


def test_rates_leave_the_time_out():
    """Ten pictures in ten seconds, of which five belonged to calibration: two a second."""
    pictures = [
        stream(planned_ns=0, sent_ns=at * SECOND, event_ns=(at * SECOND,) * 4, end_ns=at * SECOND) for at in range(10)
    ]
    alone = [calibration(2 * SECOND, 5000)]
    run = a_run(*pictures, *alone, seconds=10)
    assert METRICS["images_per_second"].of(run).value == pytest.approx(2, rel=0.01)


@pytest.mark.slow
def test_users_wait_meanwhile(endpoint, tmp_path):
    """Two requests at the start, in the middle and at the end, with no user's stream beside them."""
    endpoint.script = Script(first_seconds=0.02, cadence_seconds=0.02)
    run = run_scenario("steady", endpoint.url, tmp_path, "--calibration-requests", "2", users=3, run_seconds=3)
    alone = sorted((row for row in run.rows if row.group == CALIBRATION_GROUP), key=lambda row: row.planned_ns)
    others = [row for row in run.rows if row.group != CALIBRATION_GROUP]
    assert (len(alone), {row.outcome for row in run.rows}) == (6, {Outcome.COMPLETE})
    assert all(row.is_warm_up for row in alone)
    assert all(row.end_ns <= one.planned_ns or row.planned_ns >= one.end_ns for row in others for one in alone)
    assert others
    assert host_drift(run) is not None


def test_only_where_users_can_wait(endpoint, tmp_path):
    """Arrivals are planned, and cannot be held back."""
    with pytest.raises(AssertionError, match="needs users that can be held back, in one process: mixed, soak, steady"):
        run_scenario("arrivals", endpoint.url, tmp_path, "--calibration-requests", "2")
