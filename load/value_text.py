"""A figure as people read it: with its unit, in as many digits as mean something."""

from math import isinf

from load.metrics.metric import Unit

__all__ = ["value_text"]

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
