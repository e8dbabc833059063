"""Runs, and the documents of a history that is a database."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String(16), primary_key=True),
        sa.Column("started_at", sa.String(40), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("scenario", "endpoint", "commit", "tag", "branch")),
        sa.Column("hardware", sa.Text, nullable=False),
        sa.Column("is_noisy", sa.Boolean, nullable=False),
        sa.Column("is_valid", sa.Boolean, nullable=False),
        sa.Column("figures", sa.Text, nullable=False),
        sa.Column("blocking", sa.Text, nullable=False),
    )
    op.create_index("runs_by_start", "runs", ["started_at"])
    op.create_table(
        "documents",
        sa.Column("run_id", sa.String(16), primary_key=True),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
    )
