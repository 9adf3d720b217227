"""The ledger's tables; triggers refuse any change to their rows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, ForeignKey, Integer, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An instant: UTC in the database, which keeps no zone; aware outside of it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """What the tables share."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Instant, str: Text}  # noqa: RUF012  SQLAlchemy reads it as it is


class UndoingRow(Base):
    """Grain: one decision that does not count any more."""

    __tablename__ = "undoings"

    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.decision_id"), primary_key=True)
    undone_by: Mapped[str]
    undone_at: Mapped[datetime]
    reason: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]


class AnchorRow(Base):
    """Grain: one account that one decision names, and who it was when that was last seen."""

    __tablename__ = "anchors"

    decision_id: Mapped[str] = mapped_column(ForeignKey("decisions.decision_id"), primary_key=True)
    account_key: Mapped[str] = mapped_column(primary_key=True)
    is_authoritative: Mapped[bool]
    employee_id: Mapped[str | None]
    email: Mapped[str | None]
    noted_at: Mapped[datetime]


class DecisionRow(Base):
    """Grain: one decision, for ever; `sequence` is the order they were entered in."""

    __tablename__ = "decisions"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True)
    decision_id: Mapped[str] = mapped_column(unique=True)
    verb: Mapped[str]
    account_key: Mapped[str | None]
    target: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    undoing: Mapped[UndoingRow | None] = relationship(lazy="joined", viewonly=True)


class AcceptanceRow(Base):
    """Grain: one time that somebody accepted the ledger as it was, although certify had not written it so."""

    __tablename__ = "acceptances"

    acceptance_id: Mapped[str] = mapped_column(primary_key=True)
    accepted_by: Mapped[str]
    reason: Mapped[str]
    found: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]


class LinkRow(Base):
    """Grain: one link of the chain, for one row of another table (`chain`)."""

    __tablename__ = "chain"

    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    epoch: Mapped[str]
    table_name: Mapped[str]
    row_key: Mapped[str]
    row_digest: Mapped[str]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    hash: Mapped[str]
