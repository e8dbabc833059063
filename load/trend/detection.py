"""Which of the places where a series parts are changes."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log
from statistics import median

from load.trend.change_point import ChangePoint
from load.trend.e_divisive import divided, p_value
from load.trend.sensitivity import Sensitivity
from load.trend.series import TrendPoint

__all__ = ["change_points"]


def change_points(points: Sequence[TrendPoint], sensitivity: Sensitivity) -> tuple[ChangePoint, ...]:
    """The changes of a series, oldest first.

    Places that E-Divisive proposes are dropped one at a time, the least of them first, until all that are left are
    what the sensitivity asks for. Each drop joins two stretches, so their neighbours are looked at anew.

    Args:
        points: Counted points, oldest first, with finite values.
        sensitivity: What a change has to be.
    """
    scaled = _scaled([point.value for point in points])
    places = divided(scaled, sensitivity.largest_p_value)
    found = {place: _candidate(points, scaled, places, place, sensitivity) for place in places}
    while poor := [place for place, candidate in found.items() if not candidate.is_enough]:
        least = min(poor, key=lambda place: found[place].strength)
        where = places.index(least)
        del places[where], found[least]
        for place in places[max(0, where - 1) : where + 1]:
            found[place] = _candidate(points, scaled, places, place, sensitivity)
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


def _scaled(values: Sequence[float]) -> list[float]:
    # Times and rates vary by shares of themselves, so their logarithms vary alike at every level.
    return [log(value) for value in values] if all(value > 0 for value in values) else list(values)


def _candidate(
    points: Sequence[TrendPoint], scaled: Sequence[float], places: Sequence[int], index: int, sensitivity: Sensitivity
) -> _Candidate:
    where = bisect_left(places, index)
    start = places[where - 1] if where else 0
    end = places[where + 1] if where + 1 < len(places) else len(points)
    change = ChangePoint(
        index=index,
        last_before=points[index - 1],
        first_after=points[index],
        before=median(point.value for point in points[start:index]),
        after=median(point.value for point in points[index:end]),
        p_value=p_value(scaled[start:index], scaled[index:end]),
    )
    size = inf if change.relative_change is None else abs(change.relative_change)
    lasts = min(index - start, end - index) >= sensitivity.fewest_runs
    is_sure = change.p_value <= sensitivity.largest_p_value
    return _Candidate(change=change, merits=(lasts, is_sure, size >= sensitivity.smallest_change), size=size)
