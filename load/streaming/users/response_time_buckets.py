"""Three significant digits for Locust's own tables, where it keeps two."""

from math import floor, log10

__all__ = ["rounded_ms"]

_DIGITS = 3
_FINEST = 1


def rounded_ms(response_time_ms: float) -> float:
    """The response time to three significant digits, and no finer than a tenth of a millisecond."""
    if response_time_ms <= 0:
        return 0
    digits = min(_FINEST, _DIGITS - 1 - floor(log10(response_time_ms)))
    rounded = round(response_time_ms, digits)
    return int(rounded) if digits <= 0 else rounded
