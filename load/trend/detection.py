"""Which of the places where a series parts are changes."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from load.trend.change_point import ChangePoint
from load.trend.e_divisive import divided
from load.trend.sensitivity import Sensitivity
from load.trend.series import TrendPoint
from load.trend.student_test import p_value

__all__ = ["change_points"]

_EASIER = 10
"""Places are proposed at so many times the p-value that is asked for, since a window shows only a part of the runs on
either side. Apache Otava's own first pass does the same."""


def change_points(points: Sequence[TrendPoint], sensitivity: Sensitivity) -> tuple[ChangePoint, ...]:
    """The changes of a series, oldest first.

    Places that E-Divisive proposes are dropped one at a time, the least of them first, until all that are left are
    what the sensitivity asks for. Each drop joins two stretches, so their neighbours are looked at anew.

    Args:
        points: Counted points, oldest first, with finite values.
        sensitivity: What a change has to be.
    """
    search = _Search.of(points, sensitivity)
    places = divided(search.scaled, min(1.0, _EASIER * sensitivity.largest_p_value))
    found = {place: search.candidate(places, place) for place in places}
    while poor := [place for place, candidate in found.items() if not candidate.is_enough]:
        least = min(poor, key=lambda place: found[place].strength)
        where = places.index(least)
        del places[where], found[least]
        for place in places[max(0, where - 1) : where + 1]:
            found[place] = search.candidate(places, place)
    return tuple(found[place].change for place in places)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A place with its merits: it lasts, chance is not to blame, it is large; and how large."""

    change: ChangePoint
    merits: tuple[bool, bool, bool]
    size: float

    @property
    def is_enough(self) -> bool:
        return all(self.merits)

    @property
    def strength(self) -> tuple[tuple[bool, bool, bool], float]:
        return self.merits, self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """A series that is looked through: its points, their values, and the values on the scale that noise has."""

    points: Sequence[TrendPoint]
    values: NDArray[np.float64]
    scaled: NDArray[np.float64]
    sensitivity: Sensitivity

    @classmethod
    def of(cls, points: Sequence[TrendPoint], sensitivity: Sensitivity) -> "_Search":
        values = np.array([point.value for point in points])
        # Times and rates vary by shares of themselves, so their logarithms vary alike at every level.
        scaled = np.log(values) if np.all(values > 0) else values
        return cls(points=points, values=values, scaled=scaled, sensitivity=sensitivity)

    def candidate(self, places: Sequence[int], index: int) -> _Candidate:
        """The place at the index, between the place before it and the next one."""
        where = bisect_left(places, index)
        start = places[where - 1] if where else 0
        end = places[where + 1] if where + 1 < len(places) else len(self.points)
        change = ChangePoint(
            index=index,
            last_before=self.points[index - 1],
            first_after=self.points[index],
            before=float(np.median(self.values[start:index])),
            after=float(np.median(self.values[index:end])),
            p_value=p_value(self.scaled[start:index], self.scaled[index:end]),
        )
        size = inf if change.relative_change is None else abs(change.relative_change)
        lasts = min(index - start, end - index) >= self.sensitivity.fewest_runs
        is_sure = change.p_value <= self.sensitivity.largest_p_value
        return _Candidate(change=change, merits=(lasts, is_sure, size >= self.sensitivity.smallest_change), size=size)
