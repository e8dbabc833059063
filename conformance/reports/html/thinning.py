"""Fewer of many: what a page can hold of a stream that an endpoint made as long as it liked."""

from collections.abc import Sequence
from typing import TypeVar

__all__ = ["thinned"]

Item = TypeVar("Item")


def thinned(items: Sequence[Item], most: int) -> Sequence[Item]:
    """At most that many of the items, evenly spread, the first and the last always among them.

    Raises:
        ValueError: Fewer than two are wanted.
    """
    if most < 2:
        raise ValueError(f"most is {most}, expected 2 or more: the first and the last are kept")
    if len(items) <= most:
        return items
    last = len(items) - 1
    return [items[index * last // (most - 1)] for index in range(most)]
