"""Student's test without SciPy, held to SciPy's; and the shortcut that it gives the search for changes."""

import random
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from load.trend import e_divisive
from load.trend.e_divisive import divided
from load.trend.student_test import p_value, smallest_p_value

_SEEDS = st.integers(0, 2**32)
_SIZES = st.integers(2, 400)


def _normal(seed: int, size: int, step: float = 0.0) -> np.ndarray:
    values = np.random.default_rng(seed).normal(1.0, 0.05, size)
    values[size // 2 :] += step
    return values


@given(seed=_SEEDS, before=_SIZES, after=_SIZES, step=st.floats(-0.5, 0.5))
def test_two_samples_differ_as_scipy_says(seed, before, after, step):
    """The p-value is that of SciPy's test of two independent samples with one spread."""
    left, right = _normal(seed, before), _normal(seed + 1, after) + step
    assert p_value(left, right) == pytest.approx(stats.ttest_ind(left, right).pvalue, rel=1e-6, abs=1e-300)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [([1.0], [2.0], 1.0), ([1.0, 1.0], [1.0], 1.0), ([1.0, 1.0], [2.0, 2.0], 0.0)],
)
def test_samples_without_a_spread_are_the_same_or_parted(before, after, expected):
    """Two values tell nothing; values that do not vary tell everything."""
    assert p_value(np.array(before), np.array(after)) == expected


@given(seed=_SEEDS, size=st.integers(3, 60), step=st.floats(-0.3, 0.3))
def test_the_best_place_is_the_best_of_all_places(seed, size, step):
    """One look at a sample equals a test at each place."""
    values = _normal(seed, size, step)
    each = min(p_value(values[:place], values[place:]) for place in range(1, size))
    assert smallest_p_value(values) == pytest.approx(each, rel=1e-6, abs=1e-300)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0]])
def test_two_values_cannot_be_parted(values):
    """There is nothing within the parts to compare with."""
    assert smallest_p_value(np.array(values)) == 1.0


@pytest.mark.parametrize("seed", range(8))
def test_windows_that_are_passed_over_have_no_place(seed, monkeypatch):
    """A long series is parted where it would be if each window were looked through."""
    chance = random.Random(seed)
    values = np.array([chance.gauss(0, 0.05) + 0.04 * (run // 150 % 2) for run in range(900)])
    found = divided(values, 0.01)
    monkeypatch.setattr(e_divisive, "_ROUNDING", inf)
    assert found == divided(values, 0.01)
    assert found
