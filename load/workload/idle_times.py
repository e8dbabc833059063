"""For how long an endpoint is left alone, again and again."""

from collections.abc import Sequence
from math import isfinite
from random import Random

__all__ = ["idle_before", "read_idle_seconds"]


def read_idle_seconds(text: str) -> tuple[float, ...]:
    """The idle times of a text such as ``1,5,30``, in seconds.

    Raises:
        ValueError: One of them is not a positive number of seconds, or one is there twice.
    """
    try:
        seconds = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f"--idle-seconds is {text!r}, expected seconds such as '1,5,30'") from None
    if not all(isfinite(one) and one > 0 for one in seconds) or len(set(seconds)) < len(seconds):
        raise ValueError(f"--idle-seconds is {text!r}, expected different numbers of seconds, each more than 0")
    return seconds


def idle_before(visit: int, idle_seconds: Sequence[float], *, seed: int) -> float:
    """The idle time before a visit: each of them in turn, then each again, in orders drawn by chance.

    Args:
        visit: Which visit, counted from 0.
        idle_seconds: The idle times.
        seed: Two orders of one seed are equal.
    """
    turn, place = divmod(visit, len(idle_seconds))
    return Random(f"{seed}/{turn}").sample(idle_seconds, len(idle_seconds))[place]  # noqa: S311 - chance shapes the load only
