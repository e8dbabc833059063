"""Which of many are chosen, when a share of them is to be."""

from collections.abc import Iterator
from math import ceil
from random import Random

__all__ = ["drawn_share", "is_in_share", "require_share"]


def require_share(name: str, share: float) -> float:
    """The share, if it is one.

    Raises:
        ValueError: It is not from 0 to 1; the text begins with the name.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"{name} is {share:g}, expected a share from 0 to 1")
    return share


def is_in_share(number: int, share: float) -> bool:
    """Whether the one of this number, counted from 0, is chosen: evenly spread, the first one if any."""
    return ceil((number + 1) * share) > ceil(number * share)


def drawn_share(share: float, *, seed: int) -> Iterator[bool]:
    """Whether each in turn is chosen, by chance, without end; two sequences of one seed are equal."""
    draws = Random(seed)  # noqa: S311 - chance shapes the load, and guards nothing
    while True:
        yield draws.random() < share
