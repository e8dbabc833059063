"""Jitter: how uneven the pace of a stream's previews is."""

from fractions import Fraction
from itertools import pairwise

from load.metrics.metric import StreamMetric, Unit, seconds_between
from load.quantiles import nearest_rank
from load.stream_row import StreamRow

__all__ = ["JITTER"]


_FEWEST_GAPS = 3


def _jitter(row: StreamRow) -> tuple[float, ...]:
    gaps = [seconds_between(earlier, later) for earlier, later in pairwise(row.preview_ns)]
    if len(gaps) < _FEWEST_GAPS:
        return ()
    return (nearest_rank(gaps, Fraction(95)) - nearest_rank(gaps, Fraction(50)),)


JITTER = StreamMetric(
    name="jitter",
    title="jitter",
    unit=Unit.SECONDS,
    formula="p95 - p50 of the gaps between previews, one value a stream with at least 3 gaps",
    source=(
        "Packet delay variation as RFC 5481 (section 4.2) takes it, a high percentile over a middle one: the "
        "mean pace does not change it."
    ),
    of=_jitter,
)
