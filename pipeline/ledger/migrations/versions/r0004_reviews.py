"""Access reviews: campaigns with their frozen scope, decisions on items, reassignments, closings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pipeline.ledger.append_only import change_triggers, replace_trigger

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("review_campaigns", "review_decisions", "review_reassignments", "review_closings")


def upgrade() -> None:
    """Four more tables; what is there stays as it is."""
    op.create_table(
        "review_campaigns",
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=True),
        sa.Column("default_decision", sa.Text(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("scope", sa.LargeBinary(), nullable=False),
        sa.Column("scope_sha256", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_review_campaigns"),
        sa.UniqueConstraint("name", name="uq_review_campaigns_name"),
    )
    op.create_table(
        "review_decisions",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("item_digest", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_review_decisions"),
        sa.UniqueConstraint("decision_id", name="uq_review_decisions_decision_id"),
        _of_a_campaign("review_decisions"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "review_reassignments",
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("reassignment_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reassigned_by", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_review_reassignments"),
        sa.UniqueConstraint("reassignment_id", name="uq_review_reassignments_reassignment_id"),
        _of_a_campaign("review_reassignments"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "review_closings",
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_review_closings"),
        _of_a_campaign("review_closings"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in TABLES:
            for trigger in {**change_triggers(table), **replace_trigger(table)}.values():
                op.execute(trigger)


def _of_a_campaign(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["campaign_id"], ["review_campaigns.campaign_id"], name=f"fk_{table}_campaign_id")
