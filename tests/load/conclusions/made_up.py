"""Runs of scenarios that were never run, with effects that are known."""

from dataclasses import replace
from random import Random

from load.run import Run, RunEnd
from load.stream_row import Outcome, StreamRow
from tests.load.fingerprint import FINGERPRINT
from tests.load.rows import SECOND

__all__ = ["a_run_of", "blocks", "row", "scatter"]


def row(planned_seconds: float, ttfp: float, final: float | None = None, *, group: str = "", **changes) -> StreamRow:
    """A complete stream: one preview after ``ttfp`` seconds, the final after ``final``, or half as long again."""
    planned_ns = round(planned_seconds * SECOND)
    last_ns = planned_ns + round((1.5 * ttfp if final is None else final) * SECOND)
    fields = {
        "group": group,
        "planned_ns": planned_ns,
        "started_ns": planned_ns,
        "sent_ns": planned_ns,
        "head_ns": planned_ns,
        "event_ns": (planned_ns + round(ttfp * SECOND), last_ns),
        "pictures": (0, 1),
        "end_ns": last_ns,
        "status": 200,
        "outcome": Outcome.COMPLETE,
    }
    return StreamRow(**{**fields, **changes})


def scatter(seed: int = 1):
    """Factors near one: what the same thing takes from one time to the next."""
    draws = Random(seed)
    while True:
        yield draws.gauss(1, 0.03)


def blocks(groups: dict[str, float], *, rounds: int, block_seconds: float = 10, seed: int = 1) -> list[StreamRow]:
    """Streams of 1 s times a factor by group, each group in a block of its own, then all again."""
    factors, rows = scatter(seed), []
    for block in range(rounds * len(groups)):
        group, factor = list(groups.items())[block % len(groups)]
        rows += [
            row(block * block_seconds + second, factor * next(factors), 4 * factor * next(factors), group=group)
            for second in range(int(block_seconds))
        ]
    return rows


def a_run_of(rows: list[StreamRow], *, seconds: float = 0, workload=(("block_seconds", "10"),), **fields) -> Run:
    """A run of the rows, with blocks of ten seconds; it ended when the last of them was planned, or later."""
    end_ns = max(round(seconds * SECOND), max(row.planned_ns for row in rows) + 1)
    return Run(
        fingerprint=replace(FINGERPRINT, workload=workload), rows=tuple(rows), end=RunEnd(at_ns=end_ns), **fields
    )
