"""Converts decisions to rows of the ledger and back."""

from __future__ import annotations

from pipeline.ledger.decisions import Anchor, Decision, Undoing, Verb
from pipeline.ledger.tables import AnchorRow, DecisionRow, UndoingRow


def decision_of(row: DecisionRow) -> Decision:
    """The decision in a row; ValueError for a word or an instant this program never writes."""
    return Decision(
        decision_id=row.decision_id,
        verb=Verb(row.verb),
        account_key=row.account_key,
        target=row.target,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        expires_at=row.expires_at,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
        undone=undoing_of(row.undoing) if row.undoing else None,
    )


def anchor_of(row: AnchorRow) -> Anchor:
    """The anchor in a row."""
    return Anchor(row.decision_id, row.account_key, row.is_authoritative, row.employee_id, row.email, row.noted_at)


def undoing_of(row: UndoingRow) -> Undoing:
    """The undoing in a row."""
    return Undoing(row.undone_by, row.undone_at, row.reason, row.entered_by, row.entered_at)


def row_of(decision: Decision) -> DecisionRow:
    """The row of a decision, without its undoing."""
    return DecisionRow(
        decision_id=decision.decision_id,
        verb=str(decision.verb),
        account_key=decision.account_key,
        target=decision.target,
        reason=decision.reason,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
        expires_at=decision.expires_at,
        entered_by=decision.entered_by,
        entered_at=decision.entered_at,
    )


def undoing_row(decision_id: str, undoing: Undoing) -> UndoingRow:
    """The row of an undoing."""
    return UndoingRow(
        decision_id=decision_id,
        undone_by=undoing.undone_by,
        undone_at=undoing.undone_at,
        reason=undoing.reason,
        entered_by=undoing.entered_by,
        entered_at=undoing.entered_at,
    )
