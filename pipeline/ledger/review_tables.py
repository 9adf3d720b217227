"""The ledger's tables of access reviews; triggers refuse any change to their rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.ledger.tables import Base


class CampaignRow(Base):
    """Grain: one campaign as it was started. `scope` is the frozen scope, one compressed document: whole or absent.

    It is a document and not a row an item, so that a ledger of many campaigns is still verified in a moment.
    """

    __tablename__ = "review_campaigns"

    campaign_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    due_at: Mapped[datetime | None]
    default_decision: Mapped[str]
    item_count: Mapped[int]
    scope: Mapped[bytes] = mapped_column(LargeBinary)
    scope_sha256: Mapped[str]
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]


class ReviewDecisionRow(Base):
    """Grain: one decision about one item, for ever; the latest one about an item counts.

    `access` is a JSON object: the access as it was shown to who decided; empty where it is that of the frozen item.
    """

    __tablename__ = "review_decisions"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True)
    decision_id: Mapped[str] = mapped_column(unique=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("review_campaigns.campaign_id"))
    item_id: Mapped[str]
    item_digest: Mapped[str]
    decision: Mapped[str]
    comment: Mapped[str]
    access: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    source: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]


class ReassignmentRow(Base):
    """Grain: one item that was given to another reviewer, for ever; the latest one counts."""

    __tablename__ = "review_reassignments"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    sequence: Mapped[int] = mapped_column(Integer, primary_key=True)
    reassignment_id: Mapped[str] = mapped_column(unique=True)
    campaign_id: Mapped[str] = mapped_column(ForeignKey("review_campaigns.campaign_id"))
    item_id: Mapped[str]
    reviewer: Mapped[str]
    note: Mapped[str]
    reassigned_by: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]


class ClosingRow(Base):
    """Grain: one campaign that was closed. `result` is a compressed document: what each item came to, and the tests."""

    __tablename__ = "review_closings"

    campaign_id: Mapped[str] = mapped_column(ForeignKey("review_campaigns.campaign_id"), primary_key=True)
    closed_by: Mapped[str]
    closed_at: Mapped[datetime]
    result: Mapped[bytes] = mapped_column(LargeBinary)
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
