"""The search for the knee, against servers that are made up."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from load.workload.knee_search import KneeSearch, Resolution, Tally

STAGE_STREAMS = 40


def search(share_of_good, *, most_users: int = 1000, target: float = 0.95, streams: int = STAGE_STREAMS):
    """Run a search on a server whose share of good streams is a function of the users; also the stages it took."""
    knee_search, stages = KneeSearch(target=target, most_users=most_users), []
    while (users := knee_search.next_users()) is not None:
        stages.append(users)
        ended = max(streams, users)
        knee_search.take(users, Tally(good=round(share_of_good(users) * ended), ended=ended))
        assert len(stages) < 200, "the search does not end"
    return knee_search.conclude("ttfp <= 1 s"), stages


@given(st.integers(min_value=1, max_value=900))
def test_a_sharp_knee_is_found_within_5_per_cent(knee):
    """A server with so many places, one more of which spoils a quarter of the streams."""
    found, stages = search(lambda users: 1.0 if users <= knee else 0.75)
    assert found.resolution is Resolution.FOUND
    assert found.holds <= knee < found.breaks
    assert found.breaks - found.holds <= max(1, 0.05 * found.holds)
    assert len(stages) <= 40


@given(st.integers(min_value=1, max_value=900), st.integers(min_value=0, max_value=2**32))
def test_a_noisy_knee_is_found_or_left_open_but_never_far_off(knee, seed):
    """Each stream is good or not by chance; the answer is near the truth, or is none."""
    draws = Random(seed)

    def noisy(users: int) -> float:
        good = 0.995 if users <= knee else 0.6
        return sum(draws.random() < good for _ in range(100)) / 100

    found, _ = search(noisy)
    if found.resolution is Resolution.FOUND:
        assert 0.9 * knee - 1 <= found.holds <= 1.1 * knee + 1


@given(st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=30))
def test_a_search_ends_whatever_the_server_does(shares):
    """A share that jumps up and down as it likes is no knee, and no endless loop."""
    found, stages = search(lambda users: shares[users % len(shares)])
    assert stages
    assert found.sentence


@given(st.integers(min_value=1, max_value=64))
def test_no_stage_has_more_users_than_allowed(most_users):
    """The limit is the endpoint owner's, also where the server would take more."""
    found, stages = search(lambda _: 1.0, most_users=most_users)
    assert max(stages) == most_users
    assert found.resolution is Resolution.BEYOND
    assert found.sentence.startswith(f"the knee is beyond {most_users} user")


def test_a_server_that_a_single_user_breaks_is_told():
    """There is nothing below one user."""
    found, _ = search(lambda _: 0.5)
    assert (found.resolution, found.holds, found.breaks) == (Resolution.BELOW, None, 1)
    assert found.sentence.startswith("a single user is too much: 95 % of streams with ttfp <= 1 s were asked for")


def test_a_share_at_the_target_is_unresolved():
    """Where the truth is the target itself no number of streams tells, and the sentence says so."""
    found, stages = search(lambda users: 1.0 if users < 8 else 0.95 if users == 8 else 0.5)
    assert found.resolution is Resolution.UNRESOLVED
    assert found.sentence.startswith("unresolved: 8 users seem to hold (95 % of 160")
    assert stages.count(8) == 4


def test_a_server_that_never_answers_breaks_nothing_beyond_doubt():
    """No stream that ended is no evidence."""
    found, _ = search(lambda _: 0.0, streams=0, most_users=4)
    assert found.sentence
    knee_search = KneeSearch(target=0.95, most_users=4)
    assert knee_search.next_users() == 1
    knee_search.take(1, Tally())
    assert knee_search.conclude("a final").sentence.startswith("unresolved: 1 user seem to break (no stream ended)")


def test_a_search_that_was_cut_short_says_so():
    """Not one stage was finished."""
    assert KneeSearch(target=0.9, most_users=4).conclude("a final").sentence == (
        "unresolved: not one stage was finished; 90 % of streams with a final were asked for"
    )


def test_the_sentence_says_where_it_breaks_and_how_sure_that_is():
    """One sentence, with both loads, their shares and the limits."""
    found, _ = search(lambda users: 1.0 if users <= 8 else 0.5)
    assert found.sentence == (
        "the knee is at 8 users: that many keep 95 % of streams with ttfp <= 1 s (100 % of 80, between 96.7 and "
        "100 %), and 9 users do not (50 % of 40, between 37.4 and 62.6 %)"
    )


@pytest.mark.parametrize(("target", "users"), [(0, 1), (1, 1), (1.5, 1), (0.9, 0)])
def test_what_cannot_be_searched_is_refused(target, users):
    """A share of all streams would take infinitely many of them to be sure of."""
    with pytest.raises(ValueError, match="expected"):
        KneeSearch(target=target, most_users=users)
