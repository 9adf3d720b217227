"""The files of an evidence pack: exact documents, spreadsheets, the page, the queries and the verifier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.certification import verify_pack
from pipeline.certification.documents import canonical, item_document
from pipeline.certification.evidence_page import MAPPING, page
from pipeline.certification.model import Review
from pipeline.certification.numbers import NumberTable
from pipeline.certification.outcomes import outcome_of
from pipeline.certification.standing import Standing
from pipeline.certification.table_rows import evidence_text
from pipeline.spreadsheets import guarded

_ITEM_COLUMNS = (
    "item_id",
    "kind",
    "directory",
    "account",
    "name",
    "what",
    "privileged",
    "owner",
    "evidence",
    "recommendation",
    "recommendation_reason",
    "reviewer",
    "decision",
    "comment",
    "decided_by",
    "decided_at",
    "outcome",
)
_DECISION_COLUMNS = (
    "decision_id",
    "item_id",
    "decision",
    "comment",
    "decided_by",
    "decided_at",
    "source",
    "entered_by",
    "entered_at",
)


def files_of(
    stands: Standing, numbers: Sequence[NumberTable], ledger_head: Mapping[str, Any], now: datetime
) -> dict[str, bytes]:
    """By name; `ledger_head` is where the chain of the ledger ended."""
    review, context = stands.review, dict(stands.review.campaign.context)
    queries = context.pop("queries", {})
    closed = review.closing
    documents: dict[str, Any] = {
        "campaign.json": _campaign(review, ledger_head, now),
        "items.json": [item_document(item) for item in review.items],
        "decisions.json": [asdict(each) for each in review.decisions],
        "reassignments.json": [asdict(each) for each in review.reassignments],
        "outcomes.json": {item.item_id: str(outcome_of(review, item)) for item in review.items},
        "before_after.json": _before_after(stands),
        "started_from.json": context,
        "closing.json": asdict(closed) if closed else None,
        "quality.json": closed.result["tests"] if closed else [{**vars(t), "state": t.state} for t in stands.tests],
        "numbers.json": [asdict(each) for each in numbers],
        "mapping.json": [dict(zip(("framework", "control", "evidence"), each, strict=True)) for each in MAPPING],
    }
    return {
        **{name: (canonical(document) + "\n").encode() for name, document in documents.items()},
        "items.csv": _csv(_ITEM_COLUMNS, _item_rows(review)).encode(),
        "decisions.csv": _csv(_DECISION_COLUMNS, _decision_rows(review)).encode(),
        "queries.sql": _queries(queries, numbers).encode(),
        "summary.html": page(stands, numbers, now).encode(),
        "verify.py": Path(verify_pack.__file__).read_bytes(),
        "README.txt": README.encode(),
    }


def _campaign(review: Review, ledger_head: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    campaign = {name: value for name, value in vars(review.campaign).items() if name != "context"}
    return {
        **campaign,
        "status": "closed" if review.closing else "open",
        "ledger_head": dict(ledger_head),
        "exported_at": now,
        "certify_version": __version__,
    }


def _before_after(stands: Standing) -> list[dict[str, Any]]:
    """The access as it was frozen, as it was at the close, and as the last sync shows it."""
    closing = stands.review.closing
    at_close = closing.result["access_at_close"] if closing else {}
    return [
        {
            "item_id": state.item.item_id,
            "before": dict(state.item.access),
            "at_close": at_close.get(state.item.item_id),
            "now": str(state.access_now),
            "access_now": dict(stands.now.facts(state.item)) if state.access_now in ("unchanged", "changed") else None,
            "needs_re_review": state.needs_re_review,
            "carried_out": state.carried_out,
        }
        for state in stands.states
    ]


def _item_rows(review: Review) -> Iterable[Sequence[object]]:
    for item in review.items:
        decision = review.decision_of(item)
        decided = (
            (decision.decision, decision.comment, decision.decided_by, decision.decided_at) if decision else ("",) * 4
        )
        yield (
            *(item.item_id, item.kind, item.directory_id, item.username, item.display_name, item.what),
            {True: "yes", False: "no", None: "not known"}[item.is_privileged],
            *(item.evidence.owner, evidence_text(item), item.recommendation, item.recommendation_reason),
            *(review.reviewer_of(item), *decided, outcome_of(review, item)),
        )


def _decision_rows(review: Review) -> Iterable[Sequence[object]]:
    return ([getattr(each, column) for column in _DECISION_COLUMNS] for each in review.decisions)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180; a spreadsheet runs no field of it. items.json and decisions.json are exact."""
    lines = [",".join(columns), *(",".join(_field(value) for value in row) for row in rows)]
    return "".join(f"{line}\r\n" for line in lines)


def _field(value: object) -> str:
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return '"' + guarded(text).replace('"', '""') + '"'


def _queries(queries: Mapping[str, Any], numbers: Sequence[NumberTable]) -> str:
    parts = ["-- The SQL behind every number of this pack, over the published file (certification.duckdb).\n"]
    parts += [f"-- {each.key}: {each.title}\n{each.sql};\n" for each in numbers]
    for subject, query in queries.items():
        parts.append(
            f"-- At the start: {subject}; parameters {canonical(query['parameters'])}\n{query['sql'].strip()};\n"
        )
    return "\n".join(parts)


README = """Evidence of an access review

summary.html        the review on one page: open it in a browser, it needs no network
campaign.json       scope, dates, default, and where the ledger's chain of hashes ended
items.csv / .json   the roster of scope: every access that was to be reviewed, with evidence and recommendation
decisions.csv/.json every decision with comment, by whom and when; replaced ones too
reassignments.json  items given to another reviewer, and why
outcomes.json       what each item came to
before_after.json   the access when the review started, when it was closed, and now
closing.json        how the review was closed, and what was accepted with which reason
quality.json        the tests of review quality
started_from.json   publication, run ids, snapshots and their hashes, coverage, thresholds in force
numbers.json        every number, with its SQL
queries.sql         the SQL behind every number and every item
mapping.json        which controls of three frameworks this evidence is commonly used for: a mapping, no claim
manifest.json       SHA-256 of every file above
verify.py           verifies all of this: python3 verify.py

A field of a CSV file that a spreadsheet would run as a formula has a ' in front. The JSON files are exact.
"""
