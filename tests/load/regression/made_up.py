"""Made-up interleaved runs: blocks whose medians are known."""

from collections.abc import Sequence
from dataclasses import replace

from load.regression.arm_block import Arm
from load.run import Mark, MarkKind, Run
from load.stream_row import Outcome, StreamRow
from tests.load.rows import FAILED, MS, SECOND, a_run, stream

__all__ = ["FINGERPRINT_WORKLOAD", "interleaved_run"]

STREAMS_PER_BLOCK = 2
FINGERPRINT_WORKLOAD = (("streams_per_block", str(STREAMS_PER_BLOCK)), ("compare_by", "ttfp"))


def interleaved_run(
    rounds: Sequence[tuple[int, int]], *, workload=FINGERPRINT_WORKLOAD, failed: Sequence[Arm] = (), fingerprint=None
) -> Run:
    """A run whose rounds have these first previews, in milliseconds: the baseline's, the candidate's.

    Args:
        rounds: Milliseconds of each round's blocks.
        workload: What the run was told.
        failed: Arms of which every stream failed.
        fingerprint: What else was run.
    """
    rows: list[StreamRow] = []
    marks: list[Mark] = []
    for number, of_round in enumerate(rounds):
        arms = list(zip(Arm, of_round, strict=True))
        for arm, ttfp_ms in arms if number % 2 else reversed(arms):
            began_ns = len(marks) * SECOND
            marks.append(Mark(at_ns=began_ns, kind=MarkKind.TURN, text=arm.value))
            rows += [_row(arm, began_ns + place * MS, ttfp_ms, arm in failed) for place in range(STREAMS_PER_BLOCK)]
    run = a_run(*rows, marks=tuple(marks))
    changed = replace(fingerprint or run.fingerprint, scenario="ab", workload=workload, baseline="http://[::1]/old")
    return replace(run, fingerprint=changed)


def _row(arm: Arm, at_ns: int, ttfp_ms: int, has_failed: bool) -> StreamRow:
    if has_failed:
        return replace(FAILED, group=arm.value, planned_ns=at_ns, started_ns=at_ns, sent_ns=at_ns, end_ns=at_ns + MS)
    row = stream(planned_ns=at_ns, started_ns=at_ns, sent_ns=at_ns, head_ns=at_ns, steps=(), similarity=())
    first_ns = at_ns + ttfp_ms * MS
    return replace(
        row,
        group=arm.value,
        event_ns=(first_ns, first_ns + 100 * MS),
        kernel_ns=(),
        pictures=(0, 1),
        picture_bytes=(1, 1),
        end_ns=first_ns + 101 * MS,
        outcome=Outcome.COMPLETE,
    )
