"""Insert a row, or replace the one of the same key."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.sql.dml import Insert

__all__ = ["upsert"]


def upsert(connection: Connection, table: Table, values: Mapping[str, Any]) -> Insert:
    """The statement, in the database's own words; SQLite and PostgreSQL share them, SQL at large has none."""
    # Only the dialect in use, which is there already: the other's drivers take a while to come.
    dialect = import_module(f"sqlalchemy.dialects.{connection.dialect.name}")
    statement: Insert = (
        dialect.insert(table)
        .values(**values)
        .on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            set_={name: value for name, value in values.items() if name not in table.primary_key.columns},
        )
    )
    return statement
