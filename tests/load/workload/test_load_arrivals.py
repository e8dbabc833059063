"""The plan of an open workload."""

from itertools import chain, islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.workload.arrivals import Arrivals, due_before, planned_ns, share_of

RATES = st.floats(min_value=0.01, max_value=1000)
SEEDS = st.integers(min_value=0, max_value=2**32)
SECOND = 1_000_000_000


def plan(arrivals: Arrivals, rate: float, seed: int, number: int) -> list[int]:
    return list(islice(planned_ns(arrivals, rate=rate, seed=seed), number))


@given(st.sampled_from(Arrivals), RATES, SEEDS)
def test_the_same_seed_gives_the_same_plan(arrivals, rate, seed):
    """A run can be had again."""
    assert plan(arrivals, rate, seed, 50) == plan(arrivals, rate, seed, 50)


@given(RATES, SEEDS)
def test_another_seed_gives_another_plan(rate, seed):
    """Two runs need not be alike."""
    assert plan(Arrivals.POISSON, rate, seed, 50) != plan(Arrivals.POISSON, rate, seed + 1, 50)


@given(st.sampled_from(Arrivals), RATES, SEEDS)
def test_instants_come_in_order(arrivals, rate, seed):
    """Nobody is due before whoever is due before him."""
    instants = plan(arrivals, rate, seed, 50)
    assert instants == sorted(instants)
    assert instants[0] >= 0


@given(st.sampled_from(Arrivals), RATES, SEEDS, st.integers(min_value=1, max_value=9))
def test_the_shares_of_the_workers_are_the_plan(arrivals, rate, seed, workers):
    """However many share it, each planned instant is kept exactly once."""
    whole = plan(arrivals, rate, seed, 10 * workers)
    shares = [
        islice(share_of(planned_ns(arrivals, rate=rate, seed=seed), index=index, workers=workers), 10)
        for index in range(workers)
    ]
    assert sorted(chain(*shares)) == whole


def test_constant_arrivals_do_not_drift():
    """After an hour at three a second the gaps are still thirds, and their sum an hour."""
    instants = plan(Arrivals.CONSTANT, 3, 0, 3 * 3600)
    assert instants[-1] == 3600 * SECOND
    assert {later - earlier for earlier, later in pairwise(instants)} == {333_333_333, 333_333_334}


def test_poisson_arrivals_have_the_rate_and_the_scatter():
    """The mean gap is one over the rate, and so is the gaps' deviation: exponential gaps."""
    gaps = [(later - earlier) / SECOND for earlier, later in pairwise(plan(Arrivals.POISSON, 4, 1, 20_001))]
    mean = sum(gaps) / len(gaps)
    deviation = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    assert mean == pytest.approx(0.25, rel=0.03)
    assert deviation == pytest.approx(0.25, rel=0.03)


def test_what_was_due_is_counted_up_to_the_end():
    """The end itself is no longer part of the run."""
    assert due_before(planned_ns(Arrivals.CONSTANT, rate=10, seed=0), SECOND) == 9


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
def test_a_rate_that_is_none_is_refused(rate):
    """Otherwise a run would wait for ever."""
    with pytest.raises(ValueError, match="expected more than 0 streams a second"):
        planned_ns(Arrivals.POISSON, rate=rate, seed=0)
