"""Who the accounts are that decisions name: what they are found by again when their keys change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One more table; the decisions stay as they are."""
    op.create_table(
        "anchors",
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("account_key", sa.Text(), nullable=False),
        sa.Column("is_authoritative", sa.Boolean(), nullable=False),
        sa.Column("employee_id", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("noted_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("decision_id", "account_key", name="pk_anchors"),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.decision_id"], name="fk_anchors_decision_id"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for change in ("update", "delete"):
            op.execute(
                f"create trigger anchors_refuse_{change} before {change} on anchors"
                " begin select raise(abort, 'the ledger is append-only'); end"
            )
