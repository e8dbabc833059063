"""How much slower one sample is than another: the bound is right for every spread of the durations."""

import random
from collections.abc import Callable
from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.signs.slowdown import slowdown

DURATIONS = st.lists(st.floats(0.001, 1000), min_size=1, max_size=12)
RATE = 0.005


@pytest.mark.parametrize(("count", "other_count"), [(5, 5), (4, 7), (6, 6), (3, 12)])
def test_the_bound_is_wrong_as_rarely_as_promised(count: int, other_count: int) -> None:
    """Over all orders of durations of one kind, the bound lies above 1 in no larger share than the error rate."""
    places = range(count + other_count)
    wrong = 0
    for chosen in combinations(places, count):
        ours = [1.1**place for place in chosen]
        others = [1.1**place for place in places if place not in chosen]
        wrong += slowdown(ours, others, error_rate=RATE).least_factor > 1
    assert wrong == int(RATE * comb(count + other_count, count))


@pytest.mark.parametrize(
    "draw",
    [
        lambda noise: noise.lognormvariate(0, 1),
        lambda noise: noise.paretovariate(1.2),
        lambda noise: 1 + abs(noise.gauss(0, 1) / noise.gauss(0, 1)),
        lambda noise: 1 + noise.random() / 20 + (20 if noise.random() < 0.2 else 0),
    ],
    ids=["log-normal", "Pareto", "Cauchy", "cold starts"],
)
@pytest.mark.parametrize("count", [5, 20])
def test_noise_with_heavy_tails_raises_no_false_alarm(draw: Callable[[random.Random], float], count: int) -> None:
    """Where durations have really grown by a quarter, a bound above that is seen in less than one of a hundred."""
    noise = random.Random(11)
    rounds = 3000
    above = 0
    for _ in range(rounds):
        ours = [1.25 * draw(noise) for _ in range(count)]
        above += slowdown(ours, [draw(noise) for _ in range(count)], error_rate=RATE).least_factor > 1.25
    assert above < rounds / 100


def test_five_against_five_must_all_be_slower() -> None:
    """The lowest of all ratios is the bound, so one run as fast as before clears an endpoint."""
    slow, before = [2.0, 2.1, 2.2, 2.3, 2.4], [1.0, 1.01, 1.02, 1.03, 1.04]
    assert slowdown(slow, before, error_rate=RATE).least_factor == 2.0 / 1.04
    assert slowdown([1.0, *slow[1:]], before, error_rate=RATE).least_factor == 1.0 / 1.04


def test_four_against_four_have_no_bound() -> None:
    """Too few durations say nothing at this error rate, however they differ."""
    assert slowdown([9.0] * 4, [1.0] * 4, error_rate=RATE).least_factor == 0


@given(DURATIONS, DURATIONS)
def test_the_bound_is_below_the_estimate_and_among_the_ratios(ours: list[float], others: list[float]) -> None:
    """It is a ratio of two durations, or 0, and never above the median of all."""
    found = slowdown(ours, others, error_rate=RATE)
    ratios = {mine / theirs for mine in ours for theirs in others}
    assert found.least_factor in ratios | {0.0}
    assert found.least_factor <= found.factor <= max(ratios)


@given(DURATIONS, DURATIONS, st.sampled_from([2.0, 0.25, 1024.0]))
def test_units_do_not_matter(ours: list[float], others: list[float], unit: float) -> None:
    """Both in milliseconds or both in seconds: the same; powers of two, which floats multiply exactly."""
    scaled = slowdown([unit * mine for mine in ours], [unit * theirs for theirs in others], error_rate=RATE)
    assert scaled == slowdown(ours, others, error_rate=RATE)


@given(DURATIONS, DURATIONS, st.randoms(use_true_random=False))
def test_the_order_of_runs_does_not_matter(ours: list[float], others: list[float], luck: random.Random) -> None:
    """Shuffled, they are the same samples."""
    mixed = luck.sample(ours, len(ours)), luck.sample(others, len(others))
    assert slowdown(*mixed, error_rate=RATE) == slowdown(ours, others, error_rate=RATE)


def test_of_very_many_runs_the_last_hundred_count() -> None:
    """A folder of a thousand old runs takes no longer than one of a hundred."""
    assert slowdown([1.0] * 100, [9.0] * 900 + [1.0] * 100, error_rate=RATE).least_factor == 1.0
