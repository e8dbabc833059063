"""Changes are found where they are, and nowhere else: the real E-Divisive on seeded series."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from load.trend.detection import change_points
from load.trend.sensitivity import Sensitivity
from load.trend.series import Trust
from load.trend.trend import Trend
from tests.load.trend.histories import a_series, a_trend, points

_SEEDS = st.integers(0, 2**32)


def _changes(values: list[float], sensitivity: Sensitivity | None = None) -> tuple[int, ...]:
    return tuple(change.index for change in change_points(points(values), sensitivity or Sensitivity()))


@given(seed=_SEEDS, before=st.integers(5, 60), after=st.integers(5, 60), step=st.floats(1.2, 3.0), falls=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_big_step_is_found_where_it_is(seed, before, after, step, falls):
    """The run after a step of a fifth or more is named, whichever way it goes and however long the history is."""
    trend = a_trend(seed=seed, before=before, after=after, step=1 / step if falls else step)
    assert before in [change.index for change in trend.changes]


@given(seed=_SEEDS, runs=st.integers(0, 120), spread=st.floats(0, 0.01))
@settings(max_examples=100, deadline=None)
def test_a_series_of_ratios_that_stays_has_no_change(seed, runs, spread):
    """A spread of 1 %, as ratios of an A/B have it, is never taken for a change of 3 %."""
    assert a_trend(seed=seed, before=runs, after=0, spread=spread).changes == ()


@given(seed=_SEEDS, factor=st.floats(1e-6, 1e6), step=st.sampled_from([1.0, 1.05, 1.1, 1.5]))
@settings(max_examples=40, deadline=None)
def test_units_do_not_matter(seed, factor, step):
    """In milliseconds the same runs have the same changes, by the same share."""
    series = a_series(seed=seed, step=step)
    scaled = replace(series, points=tuple(replace(point, value=point.value * factor) for point in series.points))
    found, found_scaled = (Trend.of(one, Sensitivity()).changes for one in (series, scaled))
    assert [change.index for change in found_scaled] == [change.index for change in found]
    assert [change.relative_change for change in found_scaled] == pytest.approx(
        [change.relative_change for change in found]
    )


@given(st.lists(st.floats(-1e6, 1e6), max_size=80))
@settings(max_examples=100, deadline=None)
def test_what_is_found_is_what_was_asked_for(values):
    """Whatever the values, ties and zeros and signs included, every change lasts, is large, and is sure."""
    asked = Sensitivity()
    indices = (0, *_changes(values), len(values))
    changes = change_points(points(values), asked)
    assert not changes or all(later - earlier >= asked.fewest_runs for earlier, later in pairwise(indices))
    assert all(change.p_value <= asked.largest_p_value for change in changes)
    assert all(abs(change.after - change.before) >= asked.smallest_change * abs(change.before) for change in changes)


def test_a_change_says_when_how_much_and_between_which_commits():
    """The medians of either side, the first run after, and the runs that it lies between."""
    (change,) = change_points(points([1.0] * 10 + [1.1] * 8), Sensitivity())
    assert (change.before, change.after, change.relative_change) == (1.0, 1.1, pytest.approx(0.1))
    assert (change.last_before.commit, change.first_after.commit) == ("c9", "c10")
    assert change.at == "2026-11-11T12:00:00+00:00"


def test_two_steps_are_two_changes():
    """Each is measured against its own neighbours."""
    draw = random.Random(3)
    values = [level * draw.lognormvariate(0, 0.01) for level in (1.0, 1.3, 1.1) for _ in range(12)]
    first, second = change_points(points(values), Sensitivity())
    assert (first.index, second.index) == (12, 24)
    assert (first.relative_change, second.relative_change) == (
        pytest.approx(0.3, abs=0.02),
        pytest.approx(-0.154, abs=0.02),
    )


@pytest.mark.parametrize("slow", [1, 2, 3, 4])
def test_a_few_runs_on_a_slow_host_are_no_change(slow):
    """Neither in the middle of the history nor at its end."""
    steady, outliers = [1.0, 1.01, 0.99] * 7, [1.6, 1.62, 1.58, 1.61][:slow]
    assert _changes(steady + outliers + steady) == ()
    assert _changes(steady + outliers) == ()


def test_fewer_runs_are_enough_where_that_is_asked_for():
    """E-Divisive alone takes the last run for a change."""
    values = [1.0, 1.01, 0.99] * 7 + [1.6]
    assert _changes(values, Sensitivity(fewest_runs=1)) == (21,)


def test_a_small_step_is_told_from_where_it_was_asked_for():
    """Two per cent are less than three."""
    values = [1.0, 1.001, 0.999] * 7 + [1.02, 1.021, 1.019] * 7
    assert _changes(values) == ()
    assert _changes(values, Sensitivity(smallest_change=0.01)) == (21,)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0], [0.0] * 40, [1.0] * 40, [1.0, 1.1] * 20, [-1.0] * 40])
def test_series_in_which_there_is_nothing_to_see(values):
    """None, one, two runs; constants; ties that take turns."""
    assert _changes(values) == ()


def test_a_figure_that_was_nothing_has_no_share_to_change_by():
    """Failures that begin are a change, without a percentage."""
    (change,) = change_points(points([0.0] * 10 + [0.2] * 10), Sensitivity())
    assert (change.index, change.relative_change) == (10, None)


def test_runs_that_do_not_count_decide_nothing():
    """Ten noisy runs at the end are no change, and a change lies between runs that count."""
    noisy = dict.fromkeys(range(20, 30), Trust.NOISY)
    assert a_trend(step=1.5, trust=noisy).changes == ()
    (change,) = a_trend(step=1.5, trust={19: Trust.INVALID, 20: Trust.NOISY}).changes
    assert (change.last_before.commit, change.first_after.commit) == ("c18", "c21")


def test_levels_are_the_medians_between_changes():
    """One more than there are changes, none where nothing counts."""
    trend = a_trend(step=1.5)
    assert [(level.first.run_id, level.last.run_id) for level in trend.levels] == [("r0", "r19"), ("r20", "r29")]
    assert [level.value for level in trend.levels] == [trend.changes[0].before, trend.changes[0].after]
    assert a_trend(before=0, after=0).levels == ()


def test_changes_of_a_long_history_are_found_where_they_are():
    """Ten thousand runs, as noisy as run medians are, that change every 500: all are named, and few besides."""
    draw = random.Random(1)
    values = [(1 + run // 500 % 2 * 0.2) * draw.lognormvariate(0, 0.06) for run in range(10_000)]
    found = _changes(values)
    assert all(any(abs(place - step) <= 2 for place in found) for step in range(500, 10_000, 500))
    assert len(found) <= 30
