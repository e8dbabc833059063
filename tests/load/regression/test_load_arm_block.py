"""Which streams belong together, and which blocks are neighbours."""

from dataclasses import replace

from load.regression.arm_block import Arm, rounds_of
from tests.load.regression.made_up import STREAMS_PER_BLOCK, interleaved_run
from tests.load.rows import stream

ROUNDS = [(100, 110), (200, 210), (300, 310)]


def firsts(run) -> list[tuple[int, int]]:
    """The milliseconds of each round's first streams: the baseline's, the candidate's."""
    rounds = rounds_of(run, streams_per_block=STREAMS_PER_BLOCK)
    return [tuple((b.rows[0].event_ns[0] - b.rows[0].planned_ns) // 1_000_000 for b in of_round) for of_round in rounds]


def test_whoever_came_first() -> None:
    """Rounds in either order are told as baseline and candidate."""
    run = interleaved_run(ROUNDS)
    assert firsts(run) == ROUNDS
    assert [one.arm for one in rounds_of(run, streams_per_block=STREAMS_PER_BLOCK)[0]] == list(Arm)


def test_rows_in_any_order() -> None:
    """Streams are told of as they end, which may be another order."""
    run = interleaved_run(ROUNDS)
    assert firsts(replace(run, rows=run.rows[::-1])) == ROUNDS


def test_a_block_that_is_not_whole_takes_its_round_along() -> None:
    """The others keep their partners."""
    run = interleaved_run(ROUNDS)
    without_one = (*run.rows[: 2 * STREAMS_PER_BLOCK], *run.rows[2 * STREAMS_PER_BLOCK + 1 :])
    assert firsts(replace(run, rows=without_one)) == [ROUNDS[0], ROUNDS[2]]


def test_the_last_round_may_lack_its_second_block() -> None:
    """A run that was interrupted keeps its whole rounds."""
    run = interleaved_run(ROUNDS)
    cut = replace(run, rows=run.rows[:-STREAMS_PER_BLOCK], marks=run.marks[:-1])
    assert firsts(cut) == ROUNDS[:2]


def test_the_warm_up_is_in_no_round() -> None:
    """What comes before the first mark is not compared."""
    run = interleaved_run(ROUNDS)
    early = stream(group=Arm.BASELINE.value, planned_ns=-1, is_warm_up=True)
    assert firsts(replace(run, rows=(early, *run.rows))) == ROUNDS
