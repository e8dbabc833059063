"""The blocks of an interleaved run: which streams belong together, and whose turn it was."""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum

from load.run import MarkKind, Run
from load.stream_row import StreamRow

__all__ = ["Arm", "ArmBlock", "rounds_of"]


class Arm(Enum):
    """What is compared with what. Streams carry the name as their group."""

    BASELINE = "baseline"
    CANDIDATE = "candidate"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmBlock:
    """Streams of one deployment that ran side by side, with none of the other's among them.

    Attributes:
        arm: Whose they are.
        rows: The streams.
    """

    arm: Arm
    rows: tuple[StreamRow, ...]


def rounds_of(run: Run, *, streams_per_block: int) -> list[tuple[ArmBlock, ArmBlock]]:
    """The rounds of a run that are whole, each as the baseline's block and the candidate's.

    A block begins where the run has a mark of a turn; what comes before the first is the warm-up. Two neighbours
    make a round: the first with the second, the third with the fourth, whichever arm came first.

    Args:
        run: An interleaved run.
        streams_per_block: How many streams a block has when it is whole.
    """
    starts_ns = [mark.at_ns for mark in run.marks if mark.kind is MarkKind.TURN]
    members: dict[int, list[StreamRow]] = defaultdict(list)
    for row in run.measured:
        members[bisect_right(starts_ns, row.planned_ns)].append(row)
    rounds = (_round(members[place], members[place + 1], streams_per_block) for place in range(1, len(starts_ns), 2))
    return [of_round for of_round in rounds if of_round is not None]


def _round(first: list[StreamRow], second: list[StreamRow], streams: int) -> tuple[ArmBlock, ArmBlock] | None:
    if len(first) != streams or len(second) != streams:
        return None
    blocks = {Arm(rows[0].group): ArmBlock(arm=Arm(rows[0].group), rows=tuple(rows)) for rows in (first, second)}
    return (blocks[Arm.BASELINE], blocks[Arm.CANDIDATE]) if len(blocks) == len(Arm) else None
