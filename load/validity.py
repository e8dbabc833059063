"""Whether a run measured the endpoint, or itself. An invalid run is neither a pass nor a failure."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from load.estimate import percentile_estimate
from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.metric import StreamMetric
from load.metrics.send_lag import SEND_LAG
from load.metrics.stamp_lag import STAMP_LAG
from load.quantiles import nearest_rank
from load.run import MarkKind, Run

__all__ = ["LARGEST_LAG_SHARE", "Invalidity", "invalidities", "largest_lag_seconds"]

LARGEST_LAG_SHARE = 0.02
"""On slow endpoints a generator may be late by this share of the median time to first preview."""

_P99, _MEDIAN = Fraction(99), Fraction(50)
_NS_PER_SECOND = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalidity:
    """One reason not to believe a run.

    Attributes:
        reason: What was measured against what, and what to do about it.
    """

    reason: str


def invalidities(run: Run) -> tuple[Invalidity, ...]:
    """Every reason not to believe the run; none for a good one."""
    return tuple(Invalidity(reason=reason) for reason in (*_lags(run), *_losses(run)))


def largest_lag_seconds(run: Run) -> float:
    """How late the generator may be: what the run says, or 2 % of its median ttfp if that is more."""
    firsts = [value for row in run.measured for value in FIRST_PREVIEW.of(row)]
    share = LARGEST_LAG_SHARE * nearest_rank(firsts, _MEDIAN) if firsts else 0.0
    return max(run.fingerprint.largest_lag_seconds, share)


def _lags(run: Run) -> Iterator[str]:
    limit = largest_lag_seconds(run)
    send_lag = _p99(SEND_LAG, run)
    if send_lag is not None and send_lag > limit:
        yield (
            f"planned streams were sent {_ms(send_lag)} late (p99, at least), more than {_ms(limit)}: "
            "give more --users to keep the plan, or more --processes"
        )
    stamp_lag = _p99(STAMP_LAG, run)
    if stamp_lag is not None and stamp_lag > limit:
        yield (
            f"events waited {_ms(stamp_lag)} in this machine before they were read (p99, at least), "
            f"more than {_ms(limit)}: the generator is overloaded; use more --processes or another machine"
        )
    if not any(row.kernel_ns for row in run.measured):
        yield from _timer_lag(run, limit)


def _timer_lag(run: Run, limit: float) -> Iterator[str]:
    # Where the kernel stamps nothing, a timer that oversleeps is the only witness.
    lags = [tick.lag_ns / _NS_PER_SECOND for tick in run.ticks]
    lag = nearest_rank(lags, _MEDIAN) if lags else 0.0
    if lag > limit:
        yield (
            f"the generator's timer overslept by {_ms(lag)} in the middle second, more than {_ms(limit)}: "
            "the generator is overloaded; use more --processes or another machine"
        )


def _losses(run: Run) -> Iterator[str]:
    yield from (mark.text for mark in run.marks if mark.kind is MarkKind.WORKER_LOST)
    if run.end is not None and run.end.unsent:
        yield f"{run.end.unsent} planned streams were never sent: every user was busy; give more --users"


def _p99(metric: StreamMetric, run: Run) -> float | None:
    # The lower bound: few streams, of which one was late, do not show that one in a hundred is.
    per_stream = metric.per_stream(run.measured)
    return percentile_estimate(per_stream, _P99).low if per_stream else None


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
