"""Blocks of time in which one thing is done, then another, in an order that cancels a drift."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

__all__ = ["arm_in", "block_at"]

_T = TypeVar("_T")
_NS_PER_SECOND = 1_000_000_000


def block_at(at_ns: int, block_seconds: float) -> int:
    """In which block an instant of the run lies, counted from 0."""
    return int(at_ns // (block_seconds * _NS_PER_SECOND))


def arm_in(block: int, arms: Sequence[_T], *, seed: int) -> _T:
    """What is done in a block: each arm once in an order drawn by chance, then once more in reverse, and so on.

    Two arms give ABBA or BAAB. What grows evenly over the run, such as a GPU's temperature, falls on each arm alike
    (counterbalancing: Montgomery, Design and Analysis of Experiments, chapter 4).

    Args:
        block: Which block, counted from 0.
        arms: What can be done.
        seed: Two orders of one seed are equal.

    Raises:
        ValueError: There are fewer than two arms.
    """
    if len(arms) < 2:
        raise ValueError(f"there are {len(arms)} arms, expected two or more")
    mirrored, place = divmod(block, 2 * len(arms))
    # Any block's order can be told by itself, so that processes agree without a word.
    order = Random(f"{seed}/{mirrored}").sample(arms, len(arms))  # noqa: S311 - chance shapes the load only
    return [*order, *reversed(order)][place]
