"""The tables of access reviews are those of the contract, described to the last column."""

from __future__ import annotations

from pipeline.certification.drift import AccessNow
from pipeline.certification.model import Default, Scope, Verdict
from pipeline.certification.outcomes import Outcome
from pipeline.certification.tables import TABLES
from pipeline.warehouse.publish import MART_SCHEMAS

CONTRACT = {
    "campaigns": "campaign_id name status scope default_decision started_at due_at closed_at",
    "items": "campaign_id item_id account_key entitlement_key credential_key reviewer evidence recommendation"
    " recommendation_reason decision decided_by decided_at comment needs_re_review",
    "decisions": "campaign_id decision_id item_id decision comment decided_by decided_at",
    "progress": "item_id action state reason",
}


def test_the_contracts_columns_are_there() -> None:
    found = {table.name: {column for column, _, _ in table.columns} for table in TABLES}
    assert set(found) == set(CONTRACT)
    assert {name: set(columns.split()) - found[name] for name, columns in CONTRACT.items() if columns} == {
        name: set() for name in CONTRACT
    }
    assert "review" in MART_SCHEMAS


def test_every_column_is_described_and_every_table_states_its_grain() -> None:
    for table in TABLES:
        assert table.comment.startswith("Grain: one "), table.name
        assert [column for column, _, description in table.columns if not description.endswith(".")] == [], table.name


def test_the_words_in_the_tables_are_those_the_columns_name() -> None:
    described = {(table.name, column): text for table in TABLES for column, _, text in table.columns}
    for column, words in {
        ("campaigns", "scope"): Scope,
        ("campaigns", "default_decision"): Default,
        ("decisions", "decision"): Verdict,
        ("items", "decision"): Verdict,
        ("items", "access_now"): AccessNow,
    }.items():
        assert [word for word in words if word not in described[column]] == [], column
    assert [
        word for word in Outcome if word is not Outcome.UNDECIDED and word not in described["items", "outcome"]
    ] == []
