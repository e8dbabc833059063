"""Objectives proposed from a baseline run."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.objectives import Objective, Standing, judge
from load.suggestion import suggest, suggestions_toml
from tests.load.rows import FAILED, a_run, quick_stream, stream


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=80))
def test_the_baseline_itself_holds_what_it_suggests(instants_ms):
    """Whatever was measured, no suggested limit would have failed the run that it was taken from."""
    run = a_run(*map(quick_stream, instants_ms), seconds=200)
    objectives = tuple(one.objective for one in suggest(run))
    assert {verdict.standing for verdict in judge(objectives, run)} == {Standing.HELD}


def test_limits_leave_a_fifth_of_room_and_are_rounded_away():
    """Two digits, above what was measured for times, below it for rates."""
    run = a_run(*[stream()] * 60, seconds=2)
    assert [str(one.objective) for one in suggest(run)] == [
        "ttfp_p95 <= 0.36 s",
        "longest_gap_p95 <= 0.48 s",
        "time_to_final_p95 <= 1.1 s",
        "images_per_second >= 1.5/s",
        "steps_per_second >= 43/s",
        "failure_ratio <= 4.4 %",
    ]


@pytest.mark.parametrize(("streams", "names"), [(4, ["failure_ratio"]), (5, ["ttfp_p50", "longest_gap_p50"])])
def test_few_streams_suggest_little(streams, names):
    """The highest percentile that the run can vouch for, and none where it can vouch for none."""
    run = a_run(*[stream()] * streams, FAILED)
    assert [str(one.objective).split()[0] for one in suggest(run)][: len(names)] == names


def test_the_file_is_one_that_can_be_used():
    """TOML with the limits as objectives, and in comments what each was taken from."""
    run = a_run(*[stream()] * 60, seconds=2)
    text = suggestions_toml(run, suggest(run))
    assert [str(Objective.parse(one)) for one in tomllib.loads(text)["objectives"]] == [
        str(one.objective) for one in suggest(run)
    ]
    assert "# measured 300 ms, 300 ms to 300 ms, 60 streams" in text
