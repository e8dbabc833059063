"""Bounds of the rank-sum test, against SciPy's own test and against the truth."""

from itertools import permutations
from math import inf

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from load.comparison.rank_shift import RankShift, _ways

VALUES = st.lists(st.floats(-100, 100), min_size=1, max_size=8, unique=True).map(tuple)


@given(base=VALUES, candidate=VALUES, error_rate=st.floats(0.001, 0.3))
def test_a_bound_is_where_scipys_test_changes_its_mind(base, candidate, error_rate):
    """Shifted back to just below the lower bound, the candidate is significantly higher; just above, it is not."""
    lower = RankShift(base, candidate).lower(error_rate)
    differences = sorted(one - other for one in candidate for other in base)
    gaps = np.diff(differences)
    assume(all(gaps > 1e-6))
    if lower == -inf:
        shifts, expected = (differences[0] - 1,), (False,)
    else:
        shifts, expected = (lower - 1e-7, lower + 1e-7), (True, False)
    found = [
        stats.mannwhitneyu(np.array(candidate) - shift, base, alternative="greater", method="exact").pvalue
        <= error_rate
        for shift in shifts
    ]
    assert found == list(expected)


@given(base=VALUES, candidate=VALUES)
def test_turned_round(base, candidate):
    """How much lower the base lies has the bounds of how much higher the candidate does."""
    forth, back = RankShift(base, candidate), RankShift(candidate, base)
    assert (forth.shift, forth.lower(0.05), forth.upper(0.05)) == (
        pytest.approx(-back.shift),
        -back.upper(0.05),
        -back.lower(0.05),
    )


@pytest.mark.parametrize(("base", "candidate"), [(2, 2), (3, 2), (1, 4), (3, 3)])
def test_ways_are_those_of_counting(base, candidate):
    """Every order of the values, and in how many pairs the candidate lies below."""
    orders = set(permutations("b" * base + "c" * candidate))
    below = [
        sum(
            order[at] == "c" and order[later] == "b"
            for at in range(base + candidate)
            for later in range(at, base + candidate)
        )
        for order in orders
    ]
    assert _ways(base, candidate) == [below.count(pairs) for pairs in range(base * candidate + 1)]


def test_one_run_against_one_has_no_bounds():
    """Nothing is known of how runs differ."""
    one = RankShift((1.0,), (2.0,))
    assert (one.shift, one.lower(0.01), one.upper(0.01), one.smallest_shift(0.04, 0.01)) == (1.0, -inf, inf, inf)


def test_one_slow_host_among_many_changes_little():
    """However slow it was."""
    base = tuple(float(number) for number in range(20))
    candidate = (100.0, 101.0, 102.0)
    slow = RankShift((*base[:-1], 1e6), candidate)
    assert slow.lower(0.01) == pytest.approx(RankShift(base, candidate).lower(0.01), abs=2)


def test_the_smallest_shift_is_found_about_as_often_as_it_says():
    """Nine times in ten, of two thousand made-up comparisons."""
    random = np.random.default_rng(3)
    base = random.normal(0, 1, 40)
    wanted = RankShift(tuple(base), (0.0,) * 20).smallest_shift(0.0, 0.01)
    found = sum(
        RankShift(tuple(random.normal(0, 1, 40)), tuple(random.normal(wanted, 1, 20))).lower(0.01) > 0
        for _ in range(1000)
    )
    assert found / 1000 == pytest.approx(0.9, abs=0.08)


@pytest.mark.parametrize(("base", "candidate"), [(800, 30), (200, 60)])
def test_large_groups_have_nearly_the_exact_bounds(base, candidate):
    """Beyond what can be counted in time, the normal distribution is a rank or so away from SciPy's answer."""
    random = np.random.default_rng(5)
    one, other = random.normal(0, 1, base), random.normal(1, 1, candidate)
    lower = RankShift(tuple(one), tuple(other)).lower(0.005)
    p_value = stats.mannwhitneyu(other - lower, one, alternative="greater", method="asymptotic").pvalue
    assert p_value == pytest.approx(0.005, rel=0.02)
