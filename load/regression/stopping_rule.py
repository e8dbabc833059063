"""When an interleaved comparison is looked at, and how sure it is then."""

from dataclasses import dataclass
from math import ceil

__all__ = ["StoppingRule"]

_GROWTH = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppingRule:
    """At what it is looked, and what may be wrong how often.

    Who looks after every block, and stops at the first that pleases, is wrong far more often than each look says
    (Armitage, McPherson and Rowe 1969). Here the looks are planned, each has an even share of the error rates, and so
    has each metric: by Boole's inequality the rates hold for all of them together, however the looks depend on each
    other.

    Attributes:
        margin: What counts as slower, as a share: 0.03 is 3 %.
        false_alarm_rate: How often, at the most, a candidate that is slower by no more than the margin is called
            regressed on any metric.
        miss_rate: How often, at the most, one that is slower by more than that is called not regressed.
        first_look: After how many rounds it is looked at first.
        most_rounds: After how many it ends in any case.

    Raises:
        ValueError: One of them is out of its range.
    """

    margin: float = 0.04
    false_alarm_rate: float = 0.01
    miss_rate: float = 0.05
    first_look: int = 6
    most_rounds: int = 36

    def __post_init__(self) -> None:
        if not 0 <= self.margin < 10:
            raise ValueError(f"the margin is {self.margin:g}, expected 0 or more, such as 0.03 for 3 %")
        for name, rate in (("false alarm rate", self.false_alarm_rate), ("miss rate", self.miss_rate)):
            if not 0 < rate < 0.5:
                raise ValueError(f"the {name} is {rate:g}, expected more than 0 and less than 0.5")
        if not 2 <= self.first_look <= self.most_rounds:
            raise ValueError(
                f"the first look is after {self.first_look} rounds and the last after {self.most_rounds}; "
                "expected at least 2, in that order"
            )

    @property
    def looks(self) -> tuple[int, ...]:
        """After how many rounds it is looked at: each time half as many again, and an even number."""
        looks = [self.first_look]
        while looks[-1] < self.most_rounds:
            looks.append(min(self.most_rounds, 2 * ceil(_GROWTH * looks[-1] / 2)))
        return tuple(looks)

    def looks_until(self, rounds: int) -> tuple[int, ...]:
        """The looks that were taken once there are so many rounds."""
        return tuple(look for look in self.looks if look <= rounds)

    def regressed_level(self, metrics: int) -> float:
        """The error rate of one lower bound, at one look, on one of so many metrics."""
        return self.false_alarm_rate / len(self.looks) / metrics

    def not_regressed_level(self) -> float:
        """The error rate of one upper bound at one look. All metrics must hold, which needs no correction."""
        return self.miss_rate / len(self.looks)
