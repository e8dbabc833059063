"""A number of users that changes at set times."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Stage", "spike", "stage_at"]

_BEFORE, _SPIKE = 0.25, 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A while with a steady number of users.

    Attributes:
        name: What it is called in marks.
        seconds: How long it lasts.
        users: How many users there are.
    """

    name: str
    seconds: float
    users: int

    def __str__(self) -> str:
        """For the mark at its start."""
        return f"{self.name}: {self.users} {'user' if self.users == 1 else 'users'}"


def spike(*, most_users: int, factor: float, seconds: float) -> tuple[Stage, ...]:
    """A quarter of the time some users, a quarter ``factor`` times as many, and the rest some again.

    Args:
        most_users: How many users the spike has.
        factor: How many times the usual load that is.
        seconds: How long it all takes. The last half is for recovery, which takes longer than the spike did.

    Raises:
        ValueError: The factor is not more than 1.
    """
    if not factor > 1:
        raise ValueError(f"the spike's factor is {factor}, expected more than 1")
    few = max(1, round(most_users / factor))
    return (
        Stage(name="before", seconds=seconds * _BEFORE, users=few),
        Stage(name="spike", seconds=seconds * _SPIKE, users=most_users),
        Stage(name="after", seconds=seconds * (1 - _BEFORE - _SPIKE), users=few),
    )


def stage_at(stages: Sequence[Stage], seconds: float) -> Stage | None:
    """The stage that holds so long after the start, or None when all are over."""
    for stage in stages:
        if seconds < stage.seconds:
            return stage
        seconds -= stage.seconds
    return None
