"""A stream user is an ordinary Locust user, and its rows say how each stream ended."""

from dataclasses import replace

from load.locust_process import scenario_path
from load.stream_row import Outcome
from tests.load.conftest import picture_event
from tests.load.locust_run import run_locust
from tests.load.stream_visits import LOCUSTFILES


def test_ordinary_calls_work_beside_streams(endpoint, tmp_path):
    """get() is Locust's own; a stream carries its group, its plan and its headers; the end of a run cuts it short."""
    endpoint.by_path = {"/slow": replace(endpoint.script, events=(picture_event(),) * 40, cadence_seconds=0.3)}
    run = run_locust(
        tmp_path, endpoint.origin, LOCUSTFILES / "ordinary_calls.py", run_seconds=2, wait_seconds=1,
        further_options=("--look-at=0",),
    )  # fmt: skip
    quick, slow = run.rows
    assert (quick.outcome, quick.group, quick.planned_ns) == (Outcome.COMPLETE, "quick", 0)
    assert quick.started_ns > 0
    assert slow.outcome is Outcome.CUT_SHORT
    assert b"X-Tried: yes\r\n" in endpoint.heads[-1]
    assert "ordinary get" in (tmp_path / "run.log").read_text()


def test_pictures_of_one_stream_in_n_are_looked_at(endpoint, tmp_path):
    """The first stream and every n-th have a likeness for each picture, the last of which is like itself."""
    events = (picture_event(colour="black"), picture_event(colour="white"), picture_event(colour="white"))
    endpoint.script = replace(endpoint.script, events=events)
    run = run_locust(
        tmp_path, endpoint.origin, scenario_path("steady"),
        further_options=("--look-at=2",),
    )  # fmt: skip
    looked_at = [row.similarity for row in run.rows if row.similarity]
    assert len(looked_at) == -(-len(run.rows) // 2)
    assert all(likeness[0] < 0.1 and likeness[1:] == (1.0, 1.0) for likeness in looked_at)


def test_a_picture_that_does_not_decode_fails_its_stream(endpoint, tmp_path):
    """What calls itself a picture and is none is found where pictures are looked at."""
    bad = b'data: {"image": {"url": "data:image/png;base64,AAAA", "content_type": "image/png"}}\n\n'
    endpoint.script = replace(endpoint.script, events=(endpoint.script.events[0], bad))
    run = run_locust(
        tmp_path, endpoint.origin, scenario_path("steady"),
        further_options=("--look-at=1",),
    )  # fmt: skip
    assert {(row.outcome, row.detail) for row in run.rows} == {(Outcome.MALFORMED, "picture 2 of 2 does not decode")}


def test_the_generator_says_how_late_it_is(endpoint, tmp_path):
    """About once a second there is a tick, with the worst lag, the processor's share and the streams in flight."""
    run = run_locust(tmp_path, endpoint.origin, scenario_path("steady"), run_seconds=3)
    assert 1 <= len(run.ticks) <= 4
    assert all(tick.lag_ns >= 0 and 0 <= tick.processor_share <= 2 and tick.streams in (0, 1) for tick in run.ticks)
