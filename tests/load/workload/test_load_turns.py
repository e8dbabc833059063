"""What takes turns: blocks, stages, idle times and shares."""

from collections import Counter
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.errors import PayloadError
from load.workload.blocks import arm_in, block_at
from load.workload.idle_times import idle_before, read_idle_seconds
from load.workload.preview_payloads import preview_payloads
from load.workload.shares import drawn_share, is_in_share, require_share
from load.workload.stages import spike, stage_at

SEEDS = st.integers(min_value=0, max_value=2**32)
SECOND = 1_000_000_000


@given(st.lists(st.integers(), min_size=2, max_size=5, unique=True), SEEDS, st.integers(min_value=0, max_value=20))
def test_blocks_have_each_arm_once_and_then_mirrored(arms, seed, turn):
    """ABBA, or its like for more arms: what grows evenly falls on each arm alike."""
    length = 2 * len(arms)
    order = [arm_in(turn * length + place, arms, seed=seed) for place in range(length)]
    assert order == order[::-1]
    assert sorted(order[: len(arms)]) == sorted(arms)


def test_blocks_differ_by_seed():
    """The same seed, the same order; another seed, another."""
    orders = [[arm_in(block, "AB", seed=seed) for block in range(40)] for seed in (1, 1, 2)]
    assert orders[0] == orders[1]
    assert orders[0] != orders[2]


def test_one_arm_is_nothing_to_compare():
    """The error says how many there are."""
    with pytest.raises(ValueError, match="there are 1 arms, expected two or more"):
        arm_in(0, ["on"], seed=0)


def test_blocks_begin_with_the_run():
    """An instant at an edge is of the later block."""
    assert [block_at(at_ns, 2.5) for at_ns in (0, 2_499_999_999, 2_500_000_000)] == [0, 0, 1]


def test_a_spike_takes_a_quarter_and_leaves_half_to_recover():
    """Eight users at the most, four times the usual load."""
    stages = spike(most_users=8, factor=4, seconds=80)
    assert [stage_at(stages, second).users for second in (0, 19.9, 20, 39.9, 40, 79.9)] == [2, 2, 8, 8, 2, 2]
    assert stage_at(stages, 80) is None
    assert [str(stage) for stage in stages] == ["before: 2 users", "spike: 8 users", "after: 2 users"]


def test_a_spike_that_is_none_is_refused():
    """A factor of one changes nothing."""
    with pytest.raises(ValueError, match="factor is 1, expected more than 1"):
        spike(most_users=8, factor=1, seconds=80)


@given(st.floats(min_value=0, max_value=1), st.integers(min_value=1, max_value=500))
def test_a_share_is_kept_for_every_number_of_users(share, users):
    """As many as the share says, rounded up: one at least, if any."""
    chosen = sum(is_in_share(number, share) for number in range(users))
    assert share * users - 1e-6 <= chosen < share * users + 1 + 1e-6


def test_streams_are_chosen_by_chance_and_seed():
    """About the share of them, and the same for the same seed."""
    draws = [list(islice(drawn_share(0.3, seed=seed), 5000)) for seed in (1, 1, 2)]
    assert draws[0] == draws[1]
    assert draws[0] != draws[2]
    assert sum(draws[0]) == pytest.approx(1500, abs=100)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_is_from_0_to_1(share):
    """The error names the option."""
    with pytest.raises(ValueError, match=r"--slow-share is .*, expected a share from 0 to 1"):
        require_share("--slow-share", share)


@given(SEEDS)
def test_every_idle_time_has_its_turn(seed):
    """Each once in a turn, in an order that the seed says."""
    idle = (1.0, 5.0, 30.0)
    visits = [idle_before(visit, idle, seed=seed) for visit in range(9)]
    assert Counter(visits) == {1.0: 3, 5.0: 3, 30.0: 3}
    assert sorted(visits[:3]) == [1.0, 5.0, 30.0]


def test_idle_times_are_read():
    """Commas between seconds."""
    assert read_idle_seconds("1, 5,0.5") == (1.0, 5.0, 0.5)


@pytest.mark.parametrize("text", ["", "1,,2", "1,1", "0", "-1", "inf", "soon"])
def test_idle_times_that_are_none_are_refused(text):
    """The error quotes them."""
    with pytest.raises(ValueError, match=f"--idle-seconds is '{text}', expected"):
        read_idle_seconds(text)


@pytest.mark.parametrize("value", [[], {}, {"on": {}}, {"on": {}, "off": 1}])
def test_ways_of_previewing_are_an_object_of_objects(value):
    """Two or more, each with the fields that it changes."""
    with pytest.raises(PayloadError, match="--preview-payloads"):
        preview_payloads(value)
