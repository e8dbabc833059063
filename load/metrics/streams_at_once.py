"""Streams at once: how many were in flight, on average."""

from load.estimate import Estimate
from load.metrics.metric import RunMetric, Unit, seconds_between
from load.metrics.rate import Span, rate_in_window
from load.run import Run

__all__ = ["STREAMS_AT_ONCE"]


def _streams_at_once(run: Run) -> Estimate | None:
    lengths = [Span(row.sent_ns, row.end_ns, seconds_between(row.sent_ns, row.end_ns)) for row in run.load_rows]
    return rate_in_window(lengths, run.window_ns, run.held_back_ns)


STREAMS_AT_ONCE = RunMetric(
    name="streams_at_once",
    title="streams at once",
    unit=Unit.COUNT,
    formula="time-weighted mean of the streams between sent_ns and end_ns in the steady window",
    source=(
        "Concurrency, as vLLM's benchmark reports it; by Little's law it is the rate of streams times their length."
    ),
    of=_streams_at_once,
)
