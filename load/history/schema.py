"""The index's tables, as the newest migration leaves them."""

from sqlalchemy import Boolean, Column, Index, LargeBinary, MetaData, String, Table, Text

__all__ = ["DOCUMENTS", "METADATA", "NEWEST_REVISION", "RUNS"]

NEWEST_REVISION = "0001"
"""The migration that the tables below agree with; each has a file in ``migrations/versions``."""

METADATA = MetaData()

RUNS = Table(
    "runs",
    METADATA,
    Column("run_id", String(16), primary_key=True),
    Column("started_at", String(40), nullable=False),
    Column("scenario", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("commit", Text, nullable=False),
    Column("tag", Text, nullable=False),
    Column("branch", Text, nullable=False),
    Column("hardware", Text, nullable=False),
    Column("is_noisy", Boolean, nullable=False),
    Column("is_valid", Boolean, nullable=False),
    # Read as a whole or not at all: one value a row would be thirty times as many rows.
    Column("figures", Text, nullable=False),
    Column("blocking", Text, nullable=False),
    Index("runs_by_start", "started_at"),
)
"""What the history knows of each run without opening its file."""

DOCUMENTS = Table(
    "documents",
    METADATA,
    Column("run_id", String(16), primary_key=True),
    Column("data", LargeBinary, nullable=False),
    Column("labels", Text, nullable=False),
)
"""The run files themselves, for a history that is a database; one that is a folder keeps them as files."""
