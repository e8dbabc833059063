"""Which streams of a stage count, and when it is over."""

from dataclasses import replace

from load.workload.knee_search import Tally
from load.workload.knee_stage import KneeStage, limits_from_solo, limits_in_words
from tests.load.rows import CUT_SHORT, FAILED, SECOND, quick_stream

STAGE = KneeStage(users=2, began_ns=10 * SECOND, is_continued=False, least_ns=5 * SECOND, least_streams=3)


def at(second: int, *, ttfp_ms: int = 100):
    """A stream that was planned at this second of the run."""
    row, by_ns = quick_stream(ttfp_ms), second * SECOND
    return replace(
        row,
        planned_ns=by_ns,
        sent_ns=by_ns,
        started_ns=by_ns,
        event_ns=(row.event_ns[0] + by_ns,),
        end_ns=row.end_ns + by_ns,
    )


def test_streams_of_the_stage_before_and_each_users_first_are_left_out():
    """They saw a load that was still changing."""
    rows = [at(second) for second in (8, 9, 10, 11, 12, 13)]
    assert STAGE.counted(rows) == rows[4:]
    assert replace(STAGE, is_continued=True).counted(rows) == rows[2:]


def test_streams_that_the_end_of_a_stage_cut_short_are_left_out():
    """They tell nothing about the endpoint."""
    cut = replace(CUT_SHORT, planned_ns=11 * SECOND)
    assert replace(STAGE, is_continued=True).counted([cut]) == []


def test_a_stage_lasts_for_its_time_and_its_streams():
    """Neither alone is enough."""
    few, enough = [at(s) for s in (10, 11, 12)], [at(s) for s in (10, 11, 12, 13, 14)]
    assert not STAGE.is_over(14 * SECOND, enough)
    assert not STAGE.is_over(16 * SECOND, few)
    assert STAGE.is_over(16 * SECOND, enough)


def test_a_stage_on_an_endpoint_that_hangs_ends_all_the_same():
    """Eight times its length without enough streams is an answer too."""
    assert not STAGE.is_over(49 * SECOND, [])
    assert STAGE.is_over(50 * SECOND, [])


def test_limits_are_twice_what_one_user_sees():
    """The medians of first preview and final, doubled, and worded as objectives are."""
    limits = limits_from_solo([at(1), at(2), at(3, ttfp_ms=900)])
    assert limits_in_words(limits) == "ttfp <= 0.2 s and time_to_final <= 0.2 s"
    assert limits_from_solo([]) == ()


def test_a_tally_counts_failed_streams_as_bad():
    """A stream that failed has met no limit."""
    limits = limits_from_solo([at(1)])
    failed = replace(FAILED, planned_ns=12 * SECOND, end_ns=14 * SECOND)
    rows = [at(10), at(11), at(12), at(13, ttfp_ms=300), failed]
    assert STAGE.tally(rows, limits) == Tally(good=1, ended=3)
