"""Three significant digits in Locust's own tables, where it keeps two.

Importing this module replaces how Locust rounds response times before it counts them, which its documentation allows
for ("Customizing response time bucketing"). Workers and master import the same scenario, so all of them round alike.
"""

from math import floor, log10

import locust.stats

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


locust.stats.bucket_response_time = rounded_ms
