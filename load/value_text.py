"""A figure as people read it: with its unit, in as many digits as mean something."""

from fractions import Fraction
from math import inf, isinf

from load.estimate import Estimate
from load.metrics.metric import Unit
from load.quantiles import streams_needed
from load.summary import StreamFigures

__all__ = ["interval_text", "percentile_text", "value_text"]

_MILLI = 1000


def value_text(value: float, unit: Unit) -> str:
    """A value with its unit, in three or four digits; infinite ones never came."""
    if isinf(value):
        return "never came"
    match unit:
        case Unit.SECONDS:
            return f"{value:.3f} s" if value >= 1 else f"{value * _MILLI:.4g} ms"
        case Unit.RATIO:
            return f"{value * 100:.3g} %"
        case Unit.PER_SECOND:
            return f"{value:.4g}/s"
        case Unit.BYTES:
            return f"{value / _MILLI:.4g} kB"
        case _:
            return f"{value:.4g}"


def interval_text(estimate: Estimate | None, unit: Unit) -> str:
    """Both ends of the interval, ``?`` for one that does not exist; empty where there is none."""
    if estimate is None or (estimate.low is None and estimate.high is None):
        return ""
    ends = (-inf if estimate.low is None else estimate.low, inf if estimate.high is None else estimate.high)
    return " to ".join("?" if isinf(end) else value_text(end, unit) for end in ends)


def percentile_text(figures: StreamFigures, share: Fraction) -> str:
    """A percentile, or of how many streams there are too few: ``n<59``."""
    estimate = figures.percentiles[share]
    return f"n<{streams_needed(share)}" if estimate is None else value_text(estimate.value, figures.metric.unit)
