"""Numbers of the streams of a block."""

from collections.abc import Sequence
from fractions import Fraction

from load.metrics.first_preview import FIRST_PREVIEW
from load.metrics.time_to_final import TIME_TO_FINAL
from load.quantiles import nearest_rank
from load.stream_row import StreamRow

__all__ = ["mean_time_to_final", "median_ttfp"]

_MEDIAN = Fraction(50)


def median_ttfp(rows: Sequence[StreamRow]) -> float | None:
    """The median time to first preview, in seconds."""
    values = [value for row in rows for value in FIRST_PREVIEW.of(row)]
    return nearest_rank(values, _MEDIAN) if values else None


def mean_time_to_final(rows: Sequence[StreamRow]) -> float | None:
    """The mean time to final, in seconds.

    Users who never pause finish one picture in this time each, so that its ratio is that of pictures per second
    (Little 1961).
    """
    values = [value for row in rows for value in TIME_TO_FINAL.of(row)]
    return sum(values) / len(values) if values else None
