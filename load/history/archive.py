"""A history in one file, to be sent or kept as an artefact: a zip of its documents and their labels."""

import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from load.errors import HistoryError
from load.history.document import Document
from load.history.labels import Labels

__all__ = ["read_archive", "write_archive"]

_LABELS = ".labels"
_LARGEST_BYTES = 2 * 1024**3
"""Of all documents together: a small file may claim to hold more than a machine has."""


def write_archive(path: Path, documents: Iterable[Document]) -> int:
    """Write an archive in place of an older one, and return how many documents it holds.

    Raises:
        HistoryError: It cannot be written, and the older one is as it was.
    """
    count = 0
    try:
        handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=".")
    except OSError as error:
        raise HistoryError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for document in documents:
                archive.writestr(f"{document.run_id}{document.suffix}", document.data)
                if document.labels != Labels():
                    archive.writestr(f"{document.run_id}{_LABELS}", document.labels.as_json())
                count += 1
        Path(name).replace(path)
    except OSError as error:
        raise HistoryError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()
    return count


def read_archive(path: Path) -> Iterator[Document]:
    """The documents of an archive.

    Raises:
        HistoryError: It is none, or holds more than a history may.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(item.file_size for item in archive.infolist()) > _LARGEST_BYTES:
                raise HistoryError(f"{path} holds more than {_LARGEST_BYTES} bytes")
            names = set(archive.namelist())
            for name in sorted(name for name in names if not name.endswith(_LABELS)):
                beside = f"{name.rpartition('.')[0]}{_LABELS}"
                labels = Labels.from_json(archive.read(beside)) if beside in names else Labels()
                yield Document(data=archive.read(name), labels=labels)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise HistoryError(f"{path} is no archive of a history: {error}") from error
