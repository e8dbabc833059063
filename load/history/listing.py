"""A list of runs, for people and for programs."""

from collections.abc import Sequence

import msgspec
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from load.history.entry import HistoryEntry

__all__ = ["entries_json", "print_entries"]

_SHORT = 10
_SHOWN = ("ttfp_median", "ttfp_ratio", "images_per_second")


def print_entries(console: Console, entries: Sequence[HistoryEntry]) -> None:
    """One line a run, and one figure of each; there is at least one."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    for heading in ("run", "started"):
        table.add_column(heading, no_wrap=True)
    for heading in ("scenario", "commit", "branch", "figure"):
        table.add_column(heading, overflow="fold")
    # Most histories have one kind of hardware, which needs no column.
    has_column = len({entry.hardware for entry in entries}) > 1
    if has_column:
        table.add_column("hardware", overflow="fold")
    for entry in entries:
        started = entry.started_at[:16].replace("T", " ")
        names = (entry.scenario, entry.tag or entry.commit[:_SHORT], entry.branch, _figure(entry))
        hardware = (entry.hardware,) if has_column else ()
        table.add_row(entry.run_id[:_SHORT], started, *map(escape, (*names, *hardware)))
    console.print(table)
    if not has_column:
        console.print(f"  on {entries[0].hardware}", markup=False, highlight=False, soft_wrap=True)


def entries_json(entries: Sequence[HistoryEntry]) -> str:
    """Everything that is known of them, as a JSON list."""
    return msgspec.json.format(msgspec.json.encode(entries), indent=2).decode() + "\n"


def _figure(entry: HistoryEntry) -> str:
    name = next((name for name in _SHOWN if name in entry.figures), next(iter(entry.figures), ""))
    words = f"{name} {entry.figures[name]:.4g}" if name else "none"
    doubts = [word for word, is_so in (("noisy", entry.is_noisy), ("invalid", not entry.is_valid)) if is_so]
    return ", ".join([words, *doubts])
