"""A series with its changes: what every form of the trend shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from load.trend.change_point import ChangePoint
from load.trend.extras import extra
from load.trend.sensitivity import Sensitivity
from load.trend.series import Series, Subject, TrendPoint

__all__ = ["Level", "Trend", "by_subject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Where a series stayed from one change to the next.

    Attributes:
        first: Its first run.
        last: Its last run.
        value: The median, in the figure's unit.
    """

    first: TrendPoint
    last: TrendPoint
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A series and what became of it.

    Attributes:
        series: The runs.
        changes: Where it changed, oldest first.
    """

    series: Series
    changes: tuple[ChangePoint, ...]

    @classmethod
    def of(cls, series: Series, sensitivity: Sensitivity) -> "Trend":
        """Look for changes among the runs that count.

        Raises:
            UsageError: Otava is not installed.
        """
        with extra("trend"):
            from load.trend.detection import change_points
        return cls(series=series, changes=change_points(series.counted, sensitivity))

    @property
    def levels(self) -> tuple[Level, ...]:
        """One more than there are changes; none where no run counts."""
        counted = self.series.counted
        edges = (0, *(change.index for change in self.changes), len(counted))
        stretches = (counted[start:end] for start, end in pairwise(edges) if end > start)
        return tuple(
            Level(first=stretch[0], last=stretch[-1], value=median(point.value for point in stretch))
            for stretch in stretches
        )


def by_subject(trends: Iterable[Trend]) -> dict[Subject, list[Trend]]:
    """The trends of each subject, one a hardware label: what belongs in one chart."""
    grouped: dict[Subject, list[Trend]] = {}
    for trend in trends:
        grouped.setdefault(trend.series.subject, []).append(trend)
    return grouped
