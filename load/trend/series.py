"""A figure over the history: one figure of one scenario, on one kind of hardware."""

from dataclasses import dataclass
from enum import Enum

__all__ = ["Series", "Subject", "TrendPoint", "Trust"]


class Trust(Enum):
    """Whether a run counts."""

    COUNTED = "counted"
    NOISY = "noisy"
    """Its host drifted while it ran."""
    INVALID = "invalid"
    """The generator measured itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """What one run came to.

    Attributes:
        at: When it started, ISO 8601 in UTC.
        run_id: The run's name in the history.
        commit: What was deployed; empty where nobody said so.
        value: The figure, in the unit of its metric; finite.
        trust: Whether it counts. One that does not is drawn, and decides nothing.
    """

    at: str
    run_id: str
    commit: str
    value: float
    trust: Trust = Trust.COUNTED


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Subject:
    """What is looked at; runs of different subjects have nothing to say to each other.

    Attributes:
        figure: The figure's name, such as ``ttfp_median``.
        scenario: Which scenario it was measured in, or which benchmark it is of.
        endpoint: Where; empty where there was none.
        variant: How it was run, where the history has it run in several ways that cannot be compared; else empty.
    """

    figure: str
    scenario: str
    endpoint: str
    variant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A subject on one kind of hardware, over time.

    Attributes:
        subject: What is looked at.
        hardware: The label of what it ran on. Labels are never mixed: another machine is not another commit.
        points: The runs, oldest first.
    """

    subject: Subject
    hardware: str
    points: tuple[TrendPoint, ...]

    @property
    def counted(self) -> tuple[TrendPoint, ...]:
        """The points that decide."""
        return tuple(point for point in self.points if point.trust is Trust.COUNTED)
