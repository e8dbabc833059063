"""Bounds on a ratio, against SciPy's own, and what follows from them."""

from math import exp, inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from load.regression.log_ratio import POWER, LogRatios

RATIOS = st.lists(st.floats(-1, 1), min_size=3, max_size=40).filter(lambda values: max(values) - min(values) > 1e-6)


@given(values=RATIOS, error_rate=st.floats(1e-5, 0.4))
def test_bounds_are_students(values: list[float], error_rate: float) -> None:
    """They are those of SciPy's t distribution, of the mean of the logarithms."""
    low, high = stats.t.interval(1 - 2 * error_rate, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    ratios = LogRatios(tuple(values))
    assert (ratios.lower(error_rate), ratios.upper(error_rate)) == (pytest.approx(exp(low)), pytest.approx(exp(high)))


@given(values=RATIOS)
def test_turned_round(values: list[float]) -> None:
    """Baseline over candidate has the bounds of candidate over baseline, turned round."""
    forth, back = LogRatios(tuple(values)), LogRatios(tuple(-value for value in values))
    assert forth.lower(0.01) == pytest.approx(1 / back.upper(0.01))


def test_one_round_has_no_bounds() -> None:
    """A single ratio says nothing of how it varies."""
    one = LogRatios((0.1,))
    assert (one.lower(0.01), one.upper(0.01), one.smallest_effect(0.04, 0.01)) == (0.0, inf, inf)


def test_the_smallest_effect_is_found_as_often_as_it_says() -> None:
    """Ten thousand made-up comparisons with that effect: nine in ten have their lower bound above the margin."""
    random = np.random.default_rng(8)
    rounds, margin, error_rate, spread = 20, 0.04, 0.002, 0.05
    quiet = random.normal(0, spread, rounds)
    quiet = (quiet - quiet.mean()) / quiet.std(ddof=1) * spread
    effect = LogRatios(tuple(quiet)).smallest_effect(margin, error_rate)
    draws = random.normal(log(1 + effect), spread, (10_000, rounds))
    found = sum(LogRatios(tuple(draw)).lower(error_rate) > 1 + margin for draw in draws.tolist())
    assert found / 10_000 == pytest.approx(POWER, abs=0.02)


def test_how_many_rounds_would_settle_it() -> None:
    """What alternates between -5 and +5 % around nothing is settled by as many rounds as the formula says."""
    ratios = LogRatios((-0.05, 0.05) * 3)
    wanted = ratios.rounds_to_settle(0.04, regressed_level=0.002, not_regressed_level=0.01)
    assert wanted == 26


def test_at_the_margin_nothing_settles_it() -> None:
    """An effect of exactly the margin would take rounds without end."""
    middle = log(1.04)
    ratios = LogRatios((middle - 0.05, middle + 0.05))
    assert ratios.rounds_to_settle(0.04, regressed_level=0.002, not_regressed_level=0.01) is None


def test_bounds_beyond_what_a_number_can_be() -> None:
    """Two rounds that are to be surer than any two are: no bound, and no error."""
    two = LogRatios((-0.5, 0.5))
    assert (two.lower(1e-9), two.upper(1e-9), two.smallest_effect(0.04, 1e-9)) == (0.0, inf, inf)
