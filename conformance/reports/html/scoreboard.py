"""How many rules of each family stand how."""

from collections import Counter
from dataclasses import dataclass
from itertools import groupby

from conformance.judging.report import Report
from conformance.reports.families import Family, family_of
from conformance.reports.standing import Standing, standing

__all__ = ["Scoreboard", "scoreboard"]

_ALWAYS_SHOWN = (Standing.PASSED, Standing.FAILED, Standing.WARNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoreboard:
    """The counts of a report.

    Attributes:
        columns: The standings of which there is any.
        rows: One a family: its counts, in the order of the columns.
        totals: The counts of all families.
    """

    columns: tuple[Standing, ...]
    rows: tuple[tuple[Family, tuple[int, ...]], ...]
    totals: tuple[int, ...]


def scoreboard(report: Report) -> Scoreboard:
    """Count the results of a report."""
    totals = Counter(standing(report, result) for result in report.results)
    columns = tuple(stand for stand in Standing if totals[stand] or stand in _ALWAYS_SHOWN)
    rows = []
    for family, results in groupby(report.results, lambda result: family_of(result.rule)):
        counts = Counter(standing(report, result) for result in results)
        rows.append((family, tuple(counts[stand] for stand in columns)))
    return Scoreboard(columns=columns, rows=tuple(rows), totals=tuple(totals[stand] for stand in columns))
