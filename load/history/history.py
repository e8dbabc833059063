"""The history: documents that are kept, and an index by which they are found."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from load.errors import HistoryError
from load.history.database_store import DatabaseStore
from load.history.document import Document
from load.history.entry import HistoryEntry
from load.history.folder_store import FolderStore
from load.history.index import Index, database_url, sqlite_url
from load.history.labels import Labels
from load.history.selection import Selection
from load.run import Run

__all__ = ["History"]

_INDEX, _RUNS = "index.sqlite", "runs"


class _Store(Protocol):
    def put(self, document: Document) -> None:
        """Keep a document."""

    def get(self, run_id: str) -> Document:
        """A document by its whole name."""

    def run_ids(self) -> Iterator[str]:
        """The names of all documents."""


class History:
    """Runs over time, in a folder or in a database that several people share. A context manager.

    Documents are the truth. The index is made from them, and can be made again.
    """

    def __init__(self, index: Index, store: _Store) -> None:
        """Made by :meth:`open`."""
        self._index = index
        self._store = store

    @classmethod
    def open(cls, place: str, *, is_made: bool = False) -> "History":
        """Open a history.

        Args:
            place: A folder, or the URL of a database.
            is_made: Whether a folder is made where there is none. A database gets its tables in any case.

        Raises:
            HistoryError: There is none, it cannot be opened, or it is newer than this program.
        """
        if "://" in place:
            index = Index(database_url(place))
            return cls(index, DatabaseStore(index.engine))
        folder = Path(place)
        if not is_made and not (folder / _RUNS).is_dir():
            raise HistoryError(f"there is no history in {place}; `history add` makes one")
        # Before the index: the folder has to be there.
        store = FolderStore(folder / _RUNS)
        return cls(Index(sqlite_url(folder / _INDEX)), store)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._index.close()

    def add(self, path: Path, labels: Labels | None = None) -> HistoryEntry:
        """Keep a run file, or a document of figures, and index it.

        Args:
            path: The file, which is copied.
            labels: What people say of it.

        Raises:
            HistoryError: It is not valid, or cannot be kept; nothing of it is in the history then.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise HistoryError(f"{path} cannot be read: {error.strerror}") from error
        try:
            return self.keep(Document(data=data, labels=labels or Labels()))
        except HistoryError as error:
            raise HistoryError(f"{path}: {error}") from error

    def keep(self, document: Document) -> HistoryEntry:
        """Keep a document and index it. Labels that it has replace those that are known; the others stay.

        Raises:
            HistoryError: It is not valid, or cannot be kept.
        """
        known = self.entries(Selection(run_id=document.run_id))
        if known:
            earlier = self.document(document.run_id).labels
            document = Document(data=document.data, labels=document.labels.over(earlier))
        # Whether it is valid shows here, before anything is kept.
        entry = document.entry()
        with self._index.translated():
            self._store.put(document)
        self._index.put(entry)
        return entry

    def entries(self, selection: Selection | None = None) -> list[HistoryEntry]:
        """The runs that are meant, oldest first, without opening one of them."""
        return self._index.entries(selection or Selection())

    def entry(self, beginning: str) -> HistoryEntry:
        """The one run whose name begins so.

        Raises:
            HistoryError: There is none, or more than one.
        """
        found = self.entries(Selection(run_id=beginning))
        if len(found) != 1:
            how_many = "no run" if not found else f"{len(found)} runs"
            raise HistoryError(f"the history has {how_many} whose name begins with {beginning!r}")
        return found[0]

    def document(self, run_id: str) -> Document:
        """A document by its whole name.

        Raises:
            HistoryError: It is not there.
        """
        with self._index.translated():
            return self._store.get(run_id)

    def run(self, run_id: str) -> Run:
        """A run by its whole name.

        Raises:
            HistoryError: It is not there, or is no run.
        """
        return self.document(run_id).run()

    def documents(self, selection: Selection | None = None) -> Iterator[Document]:
        """The documents of the runs that are meant."""
        for entry in self.entries(selection):
            yield self.document(entry.run_id)

    def rebuild(self) -> int:
        """Make the index again from the documents, and return how many there are.

        Raises:
            HistoryError: A document is not valid.
        """
        with self._index.translated():
            run_ids = list(self._store.run_ids())
        for run_id in run_ids:
            self._index.put(self.document(run_id).entry())
        self._index.forget({entry.run_id for entry in self.entries()} - set(run_ids))
        return len(run_ids)
