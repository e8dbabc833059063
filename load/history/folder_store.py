"""Documents as files of a folder: what was recorded, and beside it what people say of it."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from load.errors import HistoryError
from load.history.document import Document
from load.history.labels import Labels

__all__ = ["FolderStore"]

_SUFFIXES = (".jsonl", ".json")
_LABELS = ".labels"


class FolderStore:
    """``<run id>.jsonl`` or ``.json``, and ``<run id>.labels`` where there are labels."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made.

        Raises:
            HistoryError: It cannot be made.
        """
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot(folder, error) from error

    def put(self, document: Document) -> None:
        """Keep a document; one that is there gets the labels.

        Raises:
            HistoryError: It could not be written, and what was there before is as it was.
        """
        run_id = document.run_id
        path = self._folder / f"{run_id}{document.suffix}"
        if not path.exists():
            self._write(path, document.data)
        if document.labels != Labels():
            self._write(self._folder / f"{run_id}{_LABELS}", document.labels.as_json())

    def get(self, run_id: str) -> Document:
        """A document by its whole name.

        Raises:
            HistoryError: There is none, or it cannot be read.
        """
        for suffix in _SUFFIXES:
            path = self._folder / f"{run_id}{suffix}"
            if path.exists():
                try:
                    return Document(data=path.read_bytes(), labels=self._labels(run_id))
                except (OSError, ValueError) as error:
                    raise HistoryError(f"{path} cannot be read: {error}") from error
        raise HistoryError(f"the file of run {run_id} is no longer in {self._folder}")

    def run_ids(self) -> Iterator[str]:
        """The names of all documents, in order."""
        yield from sorted({path.stem for path in self._folder.iterdir() if path.suffix in _SUFFIXES})

    def _labels(self, run_id: str) -> Labels:
        path = self._folder / f"{run_id}{_LABELS}"
        return Labels.from_json(path.read_bytes()) if path.exists() else Labels()

    def _write(self, path: Path, data: bytes) -> None:
        # Whoever looks sees the whole file or none: a full disk or a Ctrl-C leaves no half of it behind.
        try:
            handle, name = tempfile.mkstemp(dir=self._folder, prefix=".")
        except OSError as error:
            raise _cannot(path, error) from error
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except OSError as error:
            raise _cannot(path, error) from error
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()


def _cannot(path: Path, error: OSError) -> HistoryError:
    return HistoryError(f"{path} cannot be written: {error.strerror}")
