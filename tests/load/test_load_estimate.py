"""Percentiles, shares and means with their intervals."""

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from load.estimate import CONFIDENCE, mean_estimate, percentile_estimate, proportion_estimate
from load.quantiles import nearest_rank, streams_needed

percentiles = st.integers(1, 99_999).map(lambda thousandths: Fraction(thousandths, 1000))
seconds = st.floats(0, 1e6)


@given(st.lists(seconds, min_size=1), percentiles)
def test_a_percentile_is_the_smallest_value_that_enough_do_not_exceed(values, percentile):
    """Nearest rank: at least p per cent are at or below it, and fewer than p per cent below every smaller one."""
    found = nearest_rank(values, percentile)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= percentile * len(values)
    assert sum(value < found for value in values) * 100 < percentile * len(values)


def test_ranks_are_exact():
    """The 7th percentile of 100 values is the 7th, although 0.07 * 100 is more than 7 in floating point."""
    assert nearest_rank(range(1, 101), Fraction(7)) == 7


@pytest.mark.parametrize(
    ("percentile", "needed"), [("50", 5), ("90", 29), ("95", 59), ("99", 299), ("99.9", 2995), ("5", 59)]
)
def test_a_percentile_needs_streams_beyond_it(percentile, needed):
    """p95 takes 59 streams, p99 takes 299: with fewer, even the slowest may be faster than it."""
    assert streams_needed(Fraction(percentile)) == needed


@pytest.mark.parametrize("percentile", [50, 90, 95, 99])
def test_an_upper_bound_exists_from_the_number_that_is_needed_on(percentile):
    """One stream fewer has none."""
    needed = streams_needed(Fraction(percentile))
    bounds = [percentile_estimate([[1.0]] * count, Fraction(percentile)).high for count in (needed - 1, needed)]
    assert bounds == [None, 1.0]


@given(st.lists(seconds, min_size=1), percentiles)
def test_an_interval_encloses_its_percentile(values, percentile):
    """The ends are values of the sample, on either side."""
    estimate = percentile_estimate([[value] for value in values], percentile)
    assert estimate.low is None or (estimate.low in values and estimate.low <= estimate.value)
    assert estimate.high is None or (estimate.high in values and estimate.high >= estimate.value)


@pytest.mark.parametrize(("percentile", "streams"), [(50, 20), (90, 60), (95, 80)])
def test_each_end_is_on_its_side_as_often_as_it_says(percentile, streams):
    """Of 2000 samples from a known distribution, at least 95 % have the lower end below, and the upper above."""
    draw = random.Random(percentile)
    samples = ([[draw.random()] for _ in range(streams)] for _ in range(2000))
    estimates = [percentile_estimate(sample, Fraction(percentile)) for sample in samples]
    lower = sum(estimate.low <= percentile / 100 for estimate in estimates) / 2000
    upper = sum(estimate.high >= percentile / 100 for estimate in estimates) / 2000
    assert min(lower, upper) >= CONFIDENCE - 0.01


def test_values_of_one_stream_do_not_make_an_interval_narrow():
    """Twenty alike values from each of twenty streams are worth twenty values, not four hundred."""
    single = percentile_estimate([[float(number)] for number in range(20)], Fraction(50))
    pooled = percentile_estimate([[float(number)] * 20 for number in range(20)], Fraction(50))
    assert (pooled.low, pooled.high, pooled.streams) == (single.low, single.high, 20)


@given(st.integers(1, 400), st.data())
def test_shares_have_wilsons_interval(streams, data):
    """As scipy computes it."""
    hits = data.draw(st.integers(0, streams))
    estimate = proportion_estimate(hits, streams)
    expected = stats.binomtest(hits, streams).proportion_ci(2 * CONFIDENCE - 1, method="wilson")
    assert (estimate.low, estimate.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30))
def test_means_have_students_interval(values):
    """Symmetric about the mean, and nothing but the mean for one value."""
    estimate = mean_estimate(values)
    assert estimate.low <= estimate.value <= estimate.high
    assert mean_estimate([2.0]).high is None
