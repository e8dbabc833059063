"""One side of a comparison, as a user names it."""

import re
from collections.abc import Callable
from pathlib import Path

from load.errors import HistoryError, UsageError
from load.history.document import Document
from load.history.entry import HistoryEntry
from load.history.history import History
from load.history.selection import Selection

__all__ = ["FORMS", "entries_of"]

FORMS = (
    "a run file, a folder of them, a run's name, commit:ID, tag:NAME, branch:NAME, last:NUMBER or last:NUMBER@BRANCH"
)
_SELECTION = re.compile(r"(commit|tag|branch):(.+)")
_FIELDS: dict[str, Callable[[str], Selection]] = {
    "branch": lambda value: Selection(branch=value),
    "commit": lambda value: Selection(commit=value),
    "tag": lambda value: Selection(tag=value),
}
_LAST = re.compile(r"last:([1-9]\d*)(?:@(.+))?")


def entries_of(text: str, place: str) -> list[HistoryEntry]:
    """The runs that a side names, oldest first.

    Args:
        text: One of :data:`FORMS`.
        place: The history; a run file needs none.

    Raises:
        UsageError: It names no run, or a file holds none.
    """
    path = Path(text)
    if path.is_file():
        return [_entry(path)]
    if path.is_dir() and (files := sorted(path.glob("*.jsonl"))):
        return sorted(map(_entry, files), key=lambda entry: entry.started_at)
    with History.open(place) as history:
        if (selection := _selection(text)) is None:
            return [history.entry(text)]
        found = history.entries(selection)
    if not found:
        raise UsageError(f"the history has no run for {text!r}")
    return found


def _entry(path: Path) -> HistoryEntry:
    try:
        return Document(data=path.read_bytes()).entry()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except HistoryError as error:
        raise HistoryError(f"{path}: {error}") from error


def _selection(text: str) -> Selection | None:
    if match := _SELECTION.fullmatch(text):
        field, value = match.groups()
        return _FIELDS[field](value)
    if match := _LAST.fullmatch(text):
        return Selection(last=int(match[1]), branch=match[2] or "")
    if ":" in text:
        raise UsageError(f"{text!r} names no runs; expected {FORMS}")
    return None
