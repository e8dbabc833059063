"""Runs by what they were runs of, in SQLite or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import URL, Connection, Engine, Row, create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from load.errors import HistoryError
from load.history.entry import HistoryEntry
from load.history.migration import migrate, revision_of
from load.history.schema import NEWEST_REVISION, RUNS
from load.history.selection import Selection
from load.history.upsert import upsert

__all__ = ["Index", "database_url", "sqlite_url"]

_BUSY_SECONDS = 60.0
_READS = "fal_stream_reads"
_FIGURES = msgspec.json.Decoder(dict[str, float])
_BLOCKING = msgspec.json.Decoder(dict[str, str])
_COLUMNS = tuple(RUNS.c.keys())
_EXACT = ("tag", "branch", "scenario", "endpoint", "hardware")
_BEGINNINGS = ("run_id", "commit")


def sqlite_url(path: Path) -> URL:
    """The address of an SQLite file."""
    return URL.create("sqlite", database=str(path))


class Index:
    """The table of runs.

    Attributes:
        engine: The database.
    """

    def __init__(self, url: URL) -> None:
        """Open it, and bring it to the newest schema.

        Raises:
            HistoryError: It cannot be opened, or is newer than this program.
        """
        self._shown = url.render_as_string(hide_password=True)
        self.engine = _engine(url)
        with self.translated():
            with self._reading() as connection:
                is_newest = revision_of(connection) == NEWEST_REVISION
            if not is_newest:
                with self.engine.begin() as connection:
                    migrate(connection)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """What the database refuses in this block is told as an error of the history."""
        try:
            yield
        except DBAPIError as error:
            raise HistoryError(f"{self._shown}: {_first_line(error.orig)}") from error
        except SQLAlchemyError as error:
            raise HistoryError(f"{self._shown}: {_first_line(error)}") from error

    def put(self, entry: HistoryEntry) -> None:
        """Add a run, or replace what was known of it."""
        values = {
            **asdict(entry),
            "figures": msgspec.json.encode(entry.figures).decode(),
            "blocking": msgspec.json.encode(entry.blocking).decode(),
        }
        with self.translated(), self.engine.begin() as connection:
            connection.execute(upsert(connection, RUNS, values))

    def entries(self, selection: Selection) -> list[HistoryEntry]:
        """The runs that are meant, oldest first."""
        wanted = select(RUNS).order_by(RUNS.c.started_at.desc(), RUNS.c.run_id.desc())
        for name in _EXACT:
            if value := getattr(selection, name):
                wanted = wanted.where(RUNS.c[name] == value)
        for name in _BEGINNINGS:
            if value := getattr(selection, name):
                wanted = wanted.where(RUNS.c[name].startswith(value, autoescape=True))
        if selection.last is not None:
            wanted = wanted.limit(selection.last)
        with self.translated(), self._reading() as connection:
            return [_entry(row) for row in reversed(connection.execute(wanted).all())]

    def forget(self, run_ids: set[str]) -> None:
        """Drop runs whose documents are gone."""
        with self.translated(), self.engine.begin() as connection:
            for run_id in run_ids:
                connection.execute(RUNS.delete().where(RUNS.c.run_id == run_id))

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        # Readers need no lock, nor a place that can be written.
        with self.engine.connect().execution_options(**{_READS: True}) as connection:
            yield connection


def _engine(url: URL) -> Engine:
    try:
        engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS} if _is_sqlite(url) else {})
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        hint = "pip install 'fal-stream-conformance[postgres]'" if isinstance(error, ImportError) else ""
        raise HistoryError(f"{url.render_as_string(hide_password=True)}: {error} {hint}".rstrip()) from error
    if _is_sqlite(url):
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Python's module begins transactions late, and never for tables: SQLAlchemy's own recipe turns that off.
    connection.isolation_level = None


def _begin_sqlite(connection: Connection) -> None:
    # At once, so that a second writer waits here instead of failing half-way.
    reads = connection.get_execution_options().get(_READS, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _entry(row: Row[Any]) -> HistoryEntry:
    fields = dict(zip(_COLUMNS, row, strict=True))
    figures, blocking = _FIGURES.decode(fields.pop("figures")), _BLOCKING.decode(fields.pop("blocking"))
    return HistoryEntry(**fields, figures=figures, blocking=blocking)


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0]


def database_url(text: str) -> URL:
    """The address of a shared database, such as ``postgresql+psycopg://host/name``.

    Raises:
        HistoryError: It is none.
    """
    try:
        return make_url(text)
    except ArgumentError:
        raise HistoryError("the history's URL cannot be read, expected postgresql+psycopg://HOST/DATABASE") from None
