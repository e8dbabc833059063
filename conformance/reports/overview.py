"""The top of the console report: which endpoint, what it cost, where the time went, how each family of rules did."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from conformance.core import StreamTimings
from conformance.judging.report import Report
from conformance.judging.rule_result import RuleResult
from conformance.reports.families import family_of
from conformance.reports.ink import Ink
from conformance.reports.standing import Standing, standing
from conformance.reports.wording import counted, duration

__all__ = ["facts_grid", "families_table", "named_durations", "timings_table"]

_COLUMNS = {
    Standing.PASSED: "passed",
    Standing.FAILED: "failed",
    Standing.WARNED: "warned",
    Standing.NOTED: "noted",
    Standing.EXPECTED: "expected",
    Standing.CHANGED: "outdated",
    Standing.EXPIRED: "outdated",
    Standing.NOW_PASSES: "outdated",
    Standing.UNSCORED: "unscored",
    Standing.NOT_APPLICABLE: "n/a",
}
_STYLES = {
    "passed": "green",
    "failed": "bold red",
    "warned": "yellow",
    "outdated": "bold red",
    "unscored": "dim",
    "n/a": "dim",
}
_ALWAYS_SHOWN = ("passed", "failed", "warned")


def facts_grid(report: Report, ink: Ink) -> RenderableType:
    """The endpoint, the profile, a frozen rule set, when, and at what cost."""
    cost = f"{counted(report.cost.generations, 'generation')}, {counted(report.cost.requests, 'request')}"
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in (
        ("Endpoint", report.endpoint),
        ("Profile", report.profile.name),
        ("Rules", "" if report.rule_set.rules is None else f"{report.rule_set.name}, as they were then"),
        ("Started", report.started_at),
        ("Cost", cost),
    ):
        if text:
            grid.add_row(label, ink.text(text))
    return Padding(grid, (0, 0, 0, 2))


def named_durations(timings: StreamTimings, dash: str = "–") -> dict[str, str]:  # noqa: RUF001 - a dash on purpose
    """Durations in words, by what they are of; those up to the final are counted from the request fully sent.

    Args:
        timings: The timings.
        dash: What stands for a duration of what did not happen.
    """
    durations = {
        "head": timings.head_seconds,
        "first event": timings.first_event_seconds,
        "first preview": timings.first_preview_seconds,
        "last event": timings.last_event_seconds,
        "tail": timings.tail_seconds,
        "longest silence": timings.longest_gap_seconds,
    }
    return {name: dash if item is None else duration(item) for name, item in durations.items()}


def timings_table(timings: StreamTimings, ink: Ink) -> RenderableType:
    """One row of durations."""
    durations = named_durations(timings, ink.dash)
    table = Table(box=None, show_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for name in durations:
        table.add_column(name, justify="right")
    table.add_row(*durations.values())
    return Padding(table, (0, 0, 0, 2))


def families_table(report: Report, ink: Ink) -> RenderableType:
    """One row a family: how many of its rules stand how."""
    totals = _counts(report, report.results)
    columns = [column for column in dict.fromkeys(_COLUMNS.values()) if totals[column] or column in _ALWAYS_SHOWN]
    table = Table(box=SIMPLE_HEAD, show_edge=False, header_style="dim", padding=(0, 1))
    table.add_column("family")
    for column in columns:
        table.add_column(column, justify="right")
    for family, results in groupby(report.results, lambda result: family_of(result.rule)):
        counts = _counts(report, results)
        title = ink.text((family.letter, "bold"), f"  {family.title}")
        table.add_row(title, *(_count(counts[column], column, ink) for column in columns))
    return Padding(table, (0, 0, 0, 1))


def _counts(report: Report, results: Iterable[RuleResult]) -> Counter[str]:
    return Counter(_COLUMNS[standing(report, result)] for result in results)


def _count(number: int, column: str, ink: Ink) -> Text:
    return Text(str(number), _STYLES.get(column, "")) if number else Text(ink.dash, "dim")
