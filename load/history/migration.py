"""Brings an index to the newest schema, whoever else tries the same at that moment."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from load.errors import HistoryError
from load.history.schema import NEWEST_REVISION

__all__ = ["migrate", "revision_of"]

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x66616C73  # "fals": any number that nobody else takes


def migrate(connection: Connection) -> None:
    """Apply what is missing, in the transaction that is open.

    Raises:
        HistoryError: The index is newer than this program.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    revision = revision_of(connection)
    if revision == NEWEST_REVISION:
        return
    # Alembic takes longer to import than most commands take in all.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise HistoryError(
            f"the history's schema is {revision!r}, newer than this program, which knows {NEWEST_REVISION!r}: "
            "update fal-stream-conformance"
        )
    command.upgrade(config, "head")


def revision_of(connection: Connection) -> str | None:
    """The schema that the database has; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
