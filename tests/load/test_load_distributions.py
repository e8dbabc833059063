"""Quantiles of distributions, held to published tables and to the definition."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtr

from load.distributions import binomial_quantile, normal_quantile, student_quantile, student_two_sided


@pytest.mark.parametrize(("probability", "tabled"), [(0.5, 0.0), (0.95, 1.6449), (0.99, 2.3263), (0.05, -1.6449)])
def test_normal_quantiles_are_those_of_the_tables(probability: float, tabled: float) -> None:
    assert normal_quantile(probability) == pytest.approx(tabled, abs=5e-5)


@pytest.mark.parametrize(("probability", "freedom", "tabled"), [(0.95, 1, 6.314), (0.95, 5, 2.015), (0.99, 30, 2.457)])
def test_student_quantiles_are_those_of_the_tables(probability: float, freedom: int, tabled: float) -> None:
    assert student_quantile(probability, freedom) == pytest.approx(tabled, abs=5e-4)


@given(t=st.floats(0, 200), freedom=st.integers(1, 100_000))
def test_what_lies_beyond_students_t_is_what_scipy_says(t: float, freedom: int) -> None:
    # Both lose digits to the gamma function of large numbers.
    assert student_two_sided(t, freedom) == pytest.approx(2 * stdtr(freedom, -t), rel=1e-8, abs=1e-300)


@pytest.mark.parametrize("t", [1e200, float("inf")])
def test_nothing_lies_beyond_what_is_out_of_reach(t: float) -> None:
    assert student_two_sided(t, 10) == 0.0


@given(probability=st.floats(0.05, 0.5), freedom=st.integers(1, 1000))
def test_beyond_a_quantile_lies_what_the_quantile_leaves(probability: float, freedom: int) -> None:
    assert student_two_sided(-student_quantile(probability, freedom), freedom) == pytest.approx(2 * probability)


@given(probability=st.floats(0.001, 0.999), trials=st.integers(1, 60), share=st.floats(0.01, 0.99))
def test_a_binomial_quantile_is_the_first_count_that_reaches_the_probability(
    probability: float, trials: int, share: float
) -> None:
    reached = [
        sum(comb(trials, hits) * share**hits * (1 - share) ** (trials - hits) for hits in range(count + 1))
        for count in range(trials + 1)
    ]
    found = binomial_quantile(probability, trials, share)

    # Sums of floats may differ in their last digits.
    assert reached[found] >= probability - 1e-9
    assert found == 0 or reached[found - 1] < probability + 1e-9
