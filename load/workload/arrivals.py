"""When streams are due in an open workload, whatever the endpoint does."""

from collections.abc import Iterator
from enum import Enum
from itertools import count, islice, takewhile
from random import Random
from typing import TypeVar

__all__ = ["DEFAULT_RATE", "Arrivals", "due_before", "planned_ns", "share_of"]

DEFAULT_RATE = 1.0
"""How many streams a second are due where nobody says."""

_T = TypeVar("_T")
_NS_PER_SECOND = 1_000_000_000


class Arrivals(Enum):
    """How planned instants lie on the time axis."""

    CONSTANT = "constant"
    """At equal distances: what a steady feed of jobs does."""
    POISSON = "poisson"
    """Each moment as likely as any other: what many people do who do not know each other."""


def planned_ns(arrivals: Arrivals, *, rate: float, seed: int) -> Iterator[int]:
    """The instants at which streams are due, in order and without end, in nanoseconds since the start of the run.

    Args:
        arrivals: How they lie.
        rate: How many streams a second are due, on average.
        seed: Two plans of one seed are equal.

    Raises:
        ValueError: The rate is not positive.
    """
    if not rate > 0:
        raise ValueError(f"the rate is {rate}, expected more than 0 streams a second")
    match arrivals:
        case Arrivals.CONSTANT:
            # Multiplied, not added up: after an hour the sum of many gaps would be off by their rounding.
            return (round(number * _NS_PER_SECOND / rate) for number in count(1))
        case Arrivals.POISSON:
            return _poisson(rate, Random(seed))  # noqa: S311 - chance shapes the load, and guards nothing


def share_of(whole: Iterator[_T], *, index: int, workers: int) -> Iterator[_T]:
    """What one of several generator processes takes of a plan: the shares are the plan, each item once."""
    return islice(whole, index, None, workers)


def due_before(plan: Iterator[int], end_ns: int) -> int:
    """How many of the planned instants lie before the end."""
    return sum(1 for _ in takewhile(lambda at_ns: at_ns < end_ns, plan))


def _poisson(rate: float, draws: Random) -> Iterator[int]:
    at_seconds = 0.0
    while True:
        at_seconds += draws.expovariate(rate)
        yield round(at_seconds * _NS_PER_SECOND)
