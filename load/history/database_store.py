"""Documents in the database itself, for a history that a team shares."""

import zlib
from collections.abc import Iterator

from sqlalchemy import Engine, select

from load.errors import HistoryError
from load.history.document import Document
from load.history.labels import Labels
from load.history.schema import DOCUMENTS
from load.history.upsert import upsert

__all__ = ["DatabaseStore"]


class DatabaseStore:
    """Bytes compressed, labels beside them."""

    def __init__(self, engine: Engine) -> None:
        """Use a database whose tables are there."""
        self._engine = engine

    def put(self, document: Document) -> None:
        """Keep a document; one that is there gets the labels."""
        values = {
            "run_id": document.run_id,
            "data": zlib.compress(document.data),
            "labels": document.labels.as_json().decode(),
        }
        with self._engine.begin() as connection:
            connection.execute(upsert(connection, DOCUMENTS, values))

    def get(self, run_id: str) -> Document:
        """A document by its whole name.

        Raises:
            HistoryError: There is none.
        """
        wanted = select(DOCUMENTS.c.data, DOCUMENTS.c.labels).where(DOCUMENTS.c.run_id == run_id)
        with self._engine.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise HistoryError(f"the history has no document {run_id}")
        return Document(data=zlib.decompress(row.data), labels=Labels.from_json(row.labels))

    def run_ids(self) -> Iterator[str]:
        """The names of all documents, in order."""
        with self._engine.connect() as connection:
            yield from connection.scalars(select(DOCUMENTS.c.run_id).order_by(DOCUMENTS.c.run_id)).all()
