"""A series as a line of blocks, for where no picture can stand."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from load.trend.value_range import ValueRange

__all__ = ["sparkline"]

_BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], *, most: int = 40) -> str:
    """The values as at most so many blocks, on the scale of a chart; each block is the median of its share.

    Args:
        values: Finite values, oldest first.
        most: How many blocks at the most.
    """
    count = min(most, len(values))
    edges = [place * len(values) // count for place in range(count + 1)] if count else []
    heights = [median(values[start:end]) for start, end in pairwise(edges)]
    shown = ValueRange.around(heights)
    last = len(_BLOCKS) - 1
    return "".join(_BLOCKS[min(last, int(shown.share(height) * len(_BLOCKS)))] for height in heights)
