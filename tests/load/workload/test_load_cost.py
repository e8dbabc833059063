"""What a run will cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.workload.cost import Cost, closed_cost, open_cost


def test_users_cost_what_the_gpus_can_make():
    """Eight users on one GPU at 2 s a picture: 30 in a minute, and the eight that are finished after it."""
    cost = closed_cost(users=8, run_seconds=60, image_seconds=2, gpu_hour_price=3.6)
    assert cost == Cost(generations=38, gpu_seconds=76, money=pytest.approx(0.076))


def test_fewer_users_than_gpus_keep_only_as_many_busy():
    """A GPU that nobody asks makes nothing."""
    assert closed_cost(users=1, run_seconds=60, image_seconds=2, gpus=8).generations == 31


def test_a_plan_costs_its_rate():
    """Whatever the endpoint does."""
    cost = open_cost(rate=2.5, run_seconds=60, image_seconds=2, gpu_hour_price=3600)
    assert cost == Cost(generations=150, gpu_seconds=300, money=300)


def test_what_nobody_said_is_not_made_up():
    """Without a picture's time there is no GPU time, and without a price no money."""
    assert open_cost(rate=1, run_seconds=10, image_seconds=None, gpu_hour_price=2) == Cost(generations=10)
    assert open_cost(rate=1, run_seconds=10, image_seconds=1).money is None


@given(st.integers(1, 100), st.floats(1, 1e4), st.floats(0.1, 100), st.integers(1, 16))
def test_gpus_are_never_busy_for_longer_than_the_run_and_its_end(users, run_seconds, image_seconds, gpus):
    """The estimate is no less than the busy GPUs, and no more than them and what each user begins last."""
    cost = closed_cost(users=users, run_seconds=run_seconds, image_seconds=image_seconds, gpus=gpus)
    busy_seconds = min(users, gpus) * run_seconds
    assert busy_seconds <= cost.gpu_seconds <= busy_seconds + (users + 1) * image_seconds * 1.001


def test_a_picture_that_takes_no_time_is_refused():
    """No number of them would be an end."""
    with pytest.raises(ValueError, match="expected more than 0 s"):
        closed_cost(users=1, run_seconds=1, image_seconds=0)
