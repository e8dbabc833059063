"""The run file of one Locust process, written while the run goes on."""

import os
from pathlib import Path
from typing import TextIO

from load.errors import RunFileError
from load.run_file import Fingerprint, fingerprint_line, row_line
from load.stream_row import StreamRow

__all__ = ["RowWriter", "require_writable"]


class RowWriter:
    """Appends rows to a run file of its own, and flushes after each."""

    def __init__(self, path: Path, fingerprint: Fingerprint) -> None:
        """Create the file; where one exists already, ``name-2.jsonl`` and so on is created instead."""
        self._file = _created(path)
        self._write(fingerprint_line(fingerprint))

    def add(self, row: StreamRow) -> None:
        """Write one row."""
        self._write(row_line(row))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, line: str) -> None:
        self._file.write(line)
        self._file.flush()


def require_writable(path: Path) -> None:
    """Return when a run file can be created there; its folder is, if need be.

    Raises:
        RunFileError: It cannot.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunFileError(f"the folder of {str(path)!r} cannot be created: {error.strerror}") from error
    if not os.access(path.parent, os.W_OK):
        raise RunFileError(f"{str(path)!r} cannot be written")


def _created(path: Path) -> TextIO:
    # Each worker process and each run started from the web page gets a file of its own: never one overwritten.
    number, candidate = 1, path
    while True:
        try:
            return candidate.open("x", encoding="utf-8")
        except FileExistsError:
            number += 1
            candidate = path.with_stem(f"{path.stem}-{number}")
