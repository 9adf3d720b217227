"""A chain of hashes over every row, what was accepted in spite of it, and no REPLACE over a row that is there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipeline.ledger.append_only import change_triggers, replace_trigger
from pipeline.ledger.chain import append_all

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHAINED = ("decisions", "undoings", "anchors", "acceptances")
"""The tables of this version: later ones have tables of their own."""


def upgrade() -> None:
    """Two more tables; the rows that are there are chained as they are."""
    op.create_table(
        "acceptances",
        sa.Column("acceptance_id", sa.Text(), nullable=False),
        sa.Column("accepted_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("acceptance_id", name="pk_acceptances"),
    )
    op.create_table(
        "chain",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("row_digest", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_chain"),
    )
    append_all(op.get_bind(), tables=CHAINED)
    if op.get_bind().dialect.name == "sqlite":
        for table in (*CHAINED, "chain"):
            new = change_triggers(table) if table in ("acceptances", "chain") else {}
            for trigger in {**new, **replace_trigger(table)}.values():
                op.execute(trigger)
