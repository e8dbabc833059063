"""Judged runs for reports: one of each thing that a report can show."""

import random
from dataclasses import replace

from load.judged_run import JudgedRun
from load.objectives import Objective
from load.run import GeneratorTick, Mark, MarkKind, Run, RunEnd, ServerSample
from load.stream_row import Outcome, StepMark, StreamRow
from tests.load.fingerprint import FINGERPRINT
from tests.load.rows import MS, SECOND

__all__ = ["HOSTILE", "a_full_run", "judged"]

HOSTILE = "</script><script>alert(1)</script> `|<b>@all"


def a_full_run(streams: int = 120, *, draw: random.Random | None = None) -> Run:
    """Two workers, two stages, a warm-up, each kind of failure with a hostile detail, server samples, a lost worker."""
    draw = draw or random.Random(7)
    rows = [_row(number, draw) for number in range(streams)]
    failures = [kind for kind in Outcome if kind.is_failure]
    for place, kind in enumerate(failures):
        rows[-1 - place] = replace(rows[-1 - place], outcome=kind, detail=HOSTILE)
    marks = (
        Mark(at_ns=0, kind=MarkKind.STAGE, text="4 users"),
        Mark(at_ns=20 * SECOND, kind=MarkKind.STAGE, text="8 users"),
        Mark(at_ns=30 * SECOND, kind=MarkKind.KNEE, text=f"4 users hold, 8 users do not {HOSTILE}"),
        Mark(at_ns=31 * SECOND, kind=MarkKind.WORKER_LOST, text="worker 1 went silent"),
    )
    return Run(
        fingerprint=replace(
            FINGERPRINT,
            scenario="steady",
            users=8,
            workers=2,
            endpoint=f"https://example.com/{HOSTILE}",
            warm_up_seconds=2.0,
            workload=(("stage_seconds", "20"),),
            gpus=2,
            gpu_hour_price=4.5,
        ),
        rows=tuple(rows),
        ticks=tuple(
            GeneratorTick(worker="worker 0", at_ns=second * SECOND, lag_ns=MS, processor_share=0.1, streams=4)
            for second in range(40)
        ),
        samples=tuple(
            ServerSample(at_ns=second * SECOND, source="prometheus", values=(("gpu_utilisation", draw.random()),))
            for second in range(40)
        ),
        marks=marks,
        end=RunEnd(at_ns=40 * SECOND),
    )


def judged(run: Run | None = None, *objectives: str) -> JudgedRun:
    """The run, judged by these objectives or by one of each standing."""
    texts = objectives or ("ttfp_median <= 10 s", "ttfp_p95 <= 1 ms", "ttfp_p99.9 <= 1 s", "failure_ratio <= 50 %")
    return JudgedRun.of(a_full_run() if run is None else run, tuple(map(Objective.parse, texts)))


def _row(number: int, draw: random.Random) -> StreamRow:
    sent_ns = number * 300 * MS
    first_ns = sent_ns + round(draw.uniform(200, 400)) * MS
    event_ns = tuple(first_ns + step * 100 * MS for step in range(5))
    return StreamRow(
        worker=f"worker {number % 2}",
        is_warm_up=sent_ns < 2 * SECOND,
        planned_ns=sent_ns,
        started_ns=sent_ns,
        sent_ns=sent_ns,
        head_ns=sent_ns + 10 * MS,
        event_ns=event_ns,
        kernel_ns=tuple(at_ns - MS // 5 for at_ns in event_ns),
        pictures=tuple(range(5)),
        picture_bytes=(5000,) * 5,
        steps=tuple(StepMark(event=event, step=2 * event + 2, total_steps=10) for event in range(4)),
        similarity=(0.1, 0.5, 0.85, 0.95, 1.0),
        end_ns=event_ns[-1] + MS,
        body_bytes=26_000,
        status=200,
        outcome=Outcome.COMPLETE,
    )
