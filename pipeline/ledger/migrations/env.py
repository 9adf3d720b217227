"""What Alembic runs around the steps: in the connection and the transaction of whoever opens the ledger."""

from __future__ import annotations

from alembic import context

from pipeline.ledger import review_tables  # noqa: F401  their tables are part of the metadata
from pipeline.ledger.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,  # SQLite can; Alembic only thinks of drivers that cannot
)
context.run_migrations()
