"""The run file of one run, written while the run goes on."""

import os
from pathlib import Path
from typing import IO

from load.errors import RunFileError
from load.run import Fingerprint
from load.run_file import Record, fingerprint_line, record_line

__all__ = ["RunWriter", "require_writable"]


class RunWriter:
    """Appends lines to a run file of its own, each of them at once.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path, fingerprint: Fingerprint) -> None:
        """Create the file; where one exists already, ``name-2.jsonl`` and so on is created instead."""
        self._file = _created(path)
        self.path = Path(self._file.name)
        self._write(fingerprint_line(fingerprint))

    def add(self, record: Record) -> None:
        """Write one line.

        Raises:
            OSError: It could not be written.
        """
        self._write(record_line(record))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, line: str) -> None:
        left = line.encode()
        # A disk that is nearly full takes a part, and says so only at the next part.
        while left:
            left = left[self._file.write(left) :]


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


def _created(path: Path) -> IO[bytes]:
    # Each run started from the web page gets a file of its own: never one overwritten.
    number, candidate = 1, path
    while True:
        try:
            return candidate.open("xb", buffering=0)
        except FileExistsError:
            number += 1
            candidate = path.with_stem(f"{path.stem}-{number}")
