"""Denoising steps per second: how fast the GPU works, as the streams tell it."""

from collections.abc import Iterator
from itertools import pairwise

from load.estimate import Estimate
from load.metrics.metric import RunMetric, Unit
from load.metrics.rate import Span, rate_in_window
from load.run import Run
from load.stream_row import StepMark, StreamRow

__all__ = ["STEPS_PER_SECOND"]


def _steps_per_second(run: Run) -> Estimate | None:
    if not any(row.steps for row in run.load_rows):
        return None
    return rate_in_window((span for row in run.load_rows for span in _spans(row)), run.window_ns, run.held_back_ns)


def _spans(row: StreamRow) -> Iterator[Span]:
    marks = row.steps
    for earlier, later in pairwise(marks):
        done = later.step - earlier.step
        if done > 0:
            yield Span(row.event_ns[earlier.event], row.event_ns[later.event], done)
    if marks:
        yield _before(row, marks[0])
        total_steps, last = marks[-1].total_steps, marks[-1]
        if row.final_ns is not None and total_steps is not None and total_steps > last.step:
            yield Span(row.event_ns[last.event], row.final_ns, total_steps - last.step)


def _before(row: StreamRow, first: StepMark) -> Span:
    # How long a stream waited before its first step is not known: the pace of those that follow tells.
    first_ns = row.event_ns[first.event]
    last = row.steps[-1]
    done = last.step - first.step
    start_ns = row.sent_ns
    if done > 0:
        start_ns = max(start_ns, first_ns - (row.event_ns[last.event] - first_ns) * first.step // done)
    return Span(start_ns, first_ns, first.step)


STEPS_PER_SECOND = RunMetric(
    name="steps_per_second",
    title="denoising steps per second",
    unit=Unit.PER_SECOND,
    formula="steps that events tell of / window, each spread over the gap in which it was done",
    source=(
        "Diffusion's own throughput: iterations per second, over all streams. Previews may be throttled, so "
        "steps are read from events and never counted by them."
    ),
    of=_steps_per_second,
)
