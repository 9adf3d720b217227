"""Decides which rows of a batch are decisions, and says of each other one why it is none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pipeline.certification.documents import fingerprint
from pipeline.certification.model import DecisionInput, Item, Recorded, RefusedRow, Review, ReviewDecision, Verdict
from pipeline.certification.records import utc
from pipeline.certification.self_review import is_self
from pipeline.ledger.decisions import LONGEST_NAME, LONGEST_REASON, new_id, text_faults

CLOCKS_DIFFER_BY = timedelta(minutes=10)
"""A reviewer's machine may be ahead of this one by so much."""


def validated(
    review: Review, rows: Sequence[DecisionInput], decided_by: str, imported_by: str, source: str, now: datetime
) -> Recorded:
    """The decisions to add, in the order of the rows; a later row about the same item wins."""
    items = review.by_id
    seen = {_said(each, items[each.item_id], each.source) for each in review.decisions}
    latest = {item_id: _said(each, items[item_id], "") for item_id, each in review.latest.items()}
    added: list[ReviewDecision] = []
    refused: list[RefusedRow] = []
    unchanged = 0
    for row in rows:
        item = review.by_id.get(row.item_id)
        reasons = list(faults(review, item, row, decided_by, now))
        if reasons or item is None:
            refused.append(RefusedRow(row.row, row.item_id, "; ".join(reasons)))
            continue
        decision = _decision(item, row, decided_by, imported_by, source, now)
        from_there, said = _said(decision, item, source), _said(decision, item, "")
        if from_there in seen or latest.get(item.item_id) == said:
            unchanged += 1
            continue
        seen.add(from_there)
        latest[item.item_id] = said
        added.append(decision)
    return Recorded(tuple(added), unchanged, tuple(refused))


def faults(review: Review, item: Item | None, row: DecisionInput, decided_by: str, now: datetime) -> Iterator[str]:
    """Everything that is wrong with a row, each in words for the person who filled it in."""
    if item is None:
        yield f"'{row.item_id}' is no item of campaign {review.campaign.name}"
        return
    if row.digest != item.digest:
        yield "the digest is not the item's: the row was changed, or belongs to another campaign"
    if row.decision not in set(Verdict):
        yield f"'{row.decision}' is no decision; it is one of {', '.join(Verdict)}"
    if row.decision == Verdict.REDUCE and not row.comment.strip():
        yield "a reduce needs a comment that says what to take away"
    if is_self(item, decided_by) and not row.comment.strip():
        yield f"{decided_by} decides about their own access: a comment must say why nobody else does"
    if row.decided_at is not None:
        decided_at = utc(row.decided_at)
        if decided_at < review.campaign.started_at - CLOCKS_DIFFER_BY:
            yield "it was decided before the campaign started"
        if decided_at > now + CLOCKS_DIFFER_BY:
            yield "it was decided in the future"
    if row.comment:
        yield from text_faults("comment", row.comment, LONGEST_REASON)
    yield from text_faults("decided_by", decided_by, LONGEST_NAME)


def _decision(
    item: Item, row: DecisionInput, decided_by: str, imported_by: str, source: str, now: datetime
) -> ReviewDecision:
    return ReviewDecision(
        decision_id=new_id(),
        item_id=item.item_id,
        item_digest=item.digest,
        decision=Verdict(row.decision),
        comment=row.comment,
        access=item.access if row.access is None else dict(row.access),
        decided_by=decided_by,
        decided_at=min(utc(row.decided_at), now) if row.decided_at is not None else now,
        source=source,
        entered_by=imported_by,
        entered_at=now,
    )


def _said(decision: ReviewDecision, item: Item, source: str) -> tuple[str, ...]:
    """What a decision says; with a source, the decision as that source has it."""
    said = (decision.item_id, str(decision.decision), decision.comment, decision.decided_by)
    return (*said, item.fingerprint if decision.access == item.access else fingerprint(decision.access), source)
