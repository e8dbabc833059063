"""The search for the knee: how many users an endpoint takes before it breaks its limits."""

from dataclasses import dataclass
from enum import Enum

from load.estimate import Estimate, proportion_estimate

__all__ = ["Knee", "KneeSearch", "Resolution", "Tally"]

_RESOLUTION_SHARE = 0.05
_MOST_STAGES_A_LEVEL = 4


class Resolution(Enum):
    """What a search came to."""

    FOUND = "found"
    """One level holds beyond doubt, and the next one tried breaks beyond doubt."""
    BEYOND = "beyond"
    """The largest load that was allowed still holds."""
    BELOW = "below"
    """A single user is too much."""
    UNRESOLVED = "unresolved"
    """The streams do not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The streams of one load.

    Attributes:
        good: How many met every limit.
        ended: How many ended by themselves.
    """

    good: int = 0
    ended: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(good=self.good + other.good, ended=self.ended + other.ended)

    @property
    def attainment(self) -> Estimate | None:
        """The share that is good, with its Wilson interval; None where no stream ended."""
        return proportion_estimate(self.good, self.ended) if self.ended else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Knee:
    """What a search found.

    Attributes:
        resolution: How sure it is.
        holds: The most users that held the limits, or None when a single one was too much.
        breaks: The fewest users that did not, or None when none were.
        attainment: The share of good streams of each of the two that there is, by users.
        sentence: All of it in one sentence for people.
    """

    resolution: Resolution
    holds: int | None
    breaks: int | None
    attainment: tuple[tuple[int, Estimate | None], ...]
    sentence: str


class KneeSearch:
    """Doubles the users until the limits break, then halves the gap; asks again where the streams do not say.

    A load holds when the whole Wilson interval of its share of good streams is at or above the target, and breaks
    when the whole interval is below. While it climbs, the search goes by the share alone: whoever holds at more users
    held at fewer. Only the two loads that enclose the knee have to be beyond doubt, and get up to four stages
    each for it. The enclosing loads are one user apart, or 5 % where there are many.
    Source: double, then bisect, as GuideLLM's goodput search does; the intervals are ours.
    """

    def __init__(self, *, target: float, most_users: int) -> None:
        """Begin a search.

        Args:
            target: The share of streams that are to be good, more than 0 and less than 1.
            most_users: The largest load to try.

        Raises:
            ValueError: The target or the number of users is none.
        """
        if not 0 < target < 1:
            raise ValueError(f"the share to attain is {target}, expected more than 0 and less than 1")
        if most_users < 1:
            raise ValueError(f"the most users are {most_users}, expected 1 or more")
        self._target = target
        self._most_users = most_users
        self._tallies: dict[int, Tally] = {}
        self._stages: dict[int, int] = {}

    def next_users(self) -> int | None:
        """How many users the next stage is to have, or None when there is nothing left to ask."""
        holds, breaks = self._bracket()
        if holds is None and breaks is None:
            return 1
        if breaks is None and holds is not None and holds < self._most_users:
            return min(2 * holds, self._most_users)
        if breaks is not None and breaks - (holds or 0) > self._resolution(holds or 0):
            return ((holds or 0) + breaks) // 2
        doubtful = [users for users in (holds, breaks) if users is not None and self._may_ask_again(users)]
        return doubtful[0] if doubtful else None

    def take(self, users: int, tally: Tally) -> None:
        """Learn what came of a stage."""
        self._tallies[users] = self._tallies.get(users, Tally()) + tally
        self._stages[users] = self._stages.get(users, 0) + 1

    def conclude(self, limits: str) -> Knee:
        """What is known by now.

        Args:
            limits: The limits in words, for the sentence.
        """
        holds, breaks = self._bracket()
        resolution = self._resolved(holds, breaks)
        ends = tuple((users, self._tallies[users].attainment) for users in (holds, breaks) if users is not None)
        return Knee(
            resolution=resolution,
            holds=holds,
            breaks=breaks,
            attainment=ends,
            sentence=self._sentence(resolution, holds, breaks, limits),
        )

    def _bracket(self) -> tuple[int | None, int | None]:
        breaks = min((users for users in self._tallies if not self._seems_to_hold(users)), default=None)
        held = [users for users in self._tallies if self._seems_to_hold(users) and (breaks is None or users < breaks)]
        return max(held, default=None), breaks

    def _seems_to_hold(self, users: int) -> bool:
        tally = self._tallies[users]
        return tally.ended > 0 and tally.good >= self._target * tally.ended

    def _is_beyond_doubt(self, users: int) -> bool:
        attainment = self._tallies[users].attainment
        if attainment is None or attainment.low is None or attainment.high is None:
            return False
        return attainment.low >= self._target or attainment.high < self._target

    def _may_ask_again(self, users: int) -> bool:
        return not self._is_beyond_doubt(users) and self._stages[users] < _MOST_STAGES_A_LEVEL

    def _resolution(self, holds: int) -> int:
        return max(1, int(holds * _RESOLUTION_SHARE))

    def _resolved(self, holds: int | None, breaks: int | None) -> Resolution:
        ends = [users for users in (holds, breaks) if users is not None]
        is_close = breaks is None or breaks - (holds or 0) <= self._resolution(holds or 0)
        is_whole = breaks is not None or holds == self._most_users
        if not ends or not is_close or not is_whole or not all(map(self._is_beyond_doubt, ends)):
            return Resolution.UNRESOLVED
        if breaks is None:
            return Resolution.BEYOND
        return Resolution.BELOW if holds is None else Resolution.FOUND

    def _sentence(self, resolution: Resolution, holds: int | None, breaks: int | None, limits: str) -> str:
        share = f"{self._target * 100:g} % of streams with {limits}"
        match resolution:
            case Resolution.FOUND:
                return (
                    f"the knee is at {_users(holds)}: that many keep {share} ({self._share(holds)}), "
                    f"and {_users(breaks)} do not ({self._share(breaks)})"
                )
            case Resolution.BEYOND:
                return f"the knee is beyond {_users(holds)}: that many still keep {share} ({self._share(holds)})"
            case Resolution.BELOW:
                return f"a single user is too much: {share} were asked for, and {self._share(1)} were so"
            case Resolution.UNRESOLVED:
                return f"unresolved: {self._doubts(holds, breaks)}; {share} were asked for"

    def _doubts(self, holds: int | None, breaks: int | None) -> str:
        seen = [(users, word) for users, word in ((holds, "seem to hold"), (breaks, "seem to break")) if users]
        if not seen:
            return "not one stage was finished"
        return " and ".join(f"{_users(users)} {word} ({self._share(users)})" for users, word in seen)

    def _share(self, users: int | None) -> str:
        attainment = self._tallies[users or 0].attainment
        if attainment is None or attainment.low is None or attainment.high is None:
            return "no stream ended"
        low, high = attainment.low * 100, attainment.high * 100
        return f"{attainment.value * 100:.3g} % of {attainment.streams}, between {low:.3g} and {high:.3g} %"


def _users(users: int | None) -> str:
    return "1 user" if users == 1 else f"{users} users"
