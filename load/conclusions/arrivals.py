"""Whether the plan of an open workload was kept."""

from fractions import Fraction

from load.conclusions.phrases import counted, seconds
from load.metrics.send_lag import SEND_LAG
from load.quantiles import nearest_rank, streams_needed
from load.run import Run

__all__ = ["conclude"]

_P99 = Fraction(99)


def conclude(run: Run) -> tuple[str, ...]:
    """How many planned streams were sent and were not, and how late those were that were sent."""
    unsent = 0 if run.end is None else run.end.unsent
    lags = [value for row in run.measured for value in SEND_LAG.of(row)]
    if not lags:
        return (f"no planned stream was sent to be measured, {unsent} were never sent",)
    late = f"the latest {seconds(max(lags))} late"
    if len(lags) >= streams_needed(_P99):
        late = f"99 % of them at most {seconds(nearest_rank(lags, _P99))} late"
    return (f"{counted(len(lags), 'planned stream')} sent, {late}; {unsent} never sent",)
