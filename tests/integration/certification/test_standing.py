"""A campaign is compared with later syncs, which tell changed, gone and unknown apart, and closed when good."""

from __future__ import annotations

import duckdb
import pytest

from pipeline.certification import deciding
from pipeline.certification.campaigns import load_campaign, record_decisions
from pipeline.certification.model import DecisionInput, Item, ItemKind, Review
from pipeline.certification.published import refresh, review_tables
from pipeline.certification.standing import standing
from pipeline.home import Home
from pipeline.problems import CertifyError, ConfigurationError, Refused
from pipeline.settings import Settings
from tests.integration.certification.conftest import Start, by, change, rows

SETTINGS = Settings()


def entitlement(review: Review, **wanted: str) -> Item:
    return next(
        item
        for item in review.items
        if item.kind is ItemKind.ENTITLEMENT
        and item.access.get("policy_type") == "managed"
        and all(getattr(item, field) == value for field, value in wanted.items())
    )


def row_of(home: Home, item: Item) -> dict[str, object]:
    return next(row for row in rows(home, "select * from review.items") if row["item_id"] == item.item_id)


def all_decided(home: Home, decision: str = "certify", comment: str = "", who: str = "auditor") -> None:
    review = load_campaign(home, "q4")
    inputs = [DecisionInput(n, item.item_id, item.digest, decision, comment) for n, item in enumerate(review.items)]
    assert not record_decisions(home, "q4", inputs, who, "root").refused


def test_changed_gone_and_unknown_access_are_told_apart(home: Home, started: Start) -> None:
    review = started(directories=("production",), where="kind <> 'account'")
    managed = [item for item in review.items if item.access.get("policy_type") == "managed"]
    changed, gone = [item for item in managed if item.is_privileged is False][:2]
    unread = next(
        item
        for item in review.items
        if item.account_key not in (changed.account_key, gone.account_key) and item.kind is ItemKind.ENTITLEMENT
    )
    of_gone = f"entitlement_key in ('{gone.entitlement_key}', '{unread.entitlement_key}')"
    change(
        home,
        f"update inventory.entitlements set is_admin = true where entitlement_key = '{changed.entitlement_key}'",
        f"delete from inventory.entitlements where {of_gone}",
        f"update inventory.accounts set entitlements_gap = 'denied' where account_key = '{unread.account_key}'",
    )
    refresh(home, "q4")
    assert [row_of(home, each)["access_now"] for each in (changed, gone, unread)] == ["changed", "gone", "unknown"]
    flagged = [row["item_id"] for row in rows(home, "select item_id from review.items where needs_re_review")]
    assert flagged == [changed.item_id]


def test_a_fact_that_could_not_be_read_is_no_change(home: Home, started: Start) -> None:
    started(directories=("production",))
    change(home, "update inventory.entitlements set is_admin = null", "update inventory.accounts set is_admin = null")
    refresh(home, "q4")
    assert rows(home, "select distinct access_now from review.items") == [{"access_now": "unchanged"}]


def test_nothing_is_gone_while_its_directory_was_not_read_again(home: Home, started: Start) -> None:
    started(directories=("production",))
    change(
        home, "delete from inventory.entitlements", "update inventory.directories set as_of = as_of - interval 1 hour"
    )
    refresh(home, "q4")
    of_rights = "select distinct access_now from review.items where entitlement_key not like 'membership:%'"
    assert rows(home, of_rights) == [{"access_now": "unknown"}]


def test_a_publication_has_the_tables_of_every_campaign_also_before_there_is_one(home: Home, started: Start) -> None:
    review = started(directories=("data",))
    with duckdb.connect() as connection:
        connection.execute(f"attach '{home.published}' as published")
        connection.execute("drop schema published.review cascade")
        tables = review_tables(home)(connection, "published")
        assert {table.full_name: table.rows for table in tables} == {
            "review.campaigns": 1,
            "review.items": len(review.items),
            "review.decisions": 0,
            "review.progress": 0,
        }
        home.ledger.rename(home.root / "elsewhere.sqlite")
        (home.root / "ledger-head.json").rename(home.root / "elsewhere.json")
        assert {table.rows for table in review_tables(home)(connection, "published")} == {0}


def test_deciding_again_settles_a_change(home: Home, started: Start) -> None:
    review = started(directories=("production",))
    item = entitlement(review)
    change(
        home,
        f"update inventory.entitlements set is_admin = not is_admin where entitlement_key = '{item.entitlement_key}'",
    )
    assert standing(home, "q4", SETTINGS, by().now).counts()["needs_re_review"] == 1
    deciding.decide(home, "q4", item.item_id[:8], "revoke", "an administrator now", SETTINGS, by())
    assert standing(home, "q4", SETTINGS, by().now).counts()["needs_re_review"] == 0
    assert row_of(home, item)["decision"] == "revoke"


def test_a_revoke_is_carried_out_when_a_later_sync_shows_it_gone(home: Home, started: Start) -> None:
    review = started(directories=("production",))
    item = entitlement(review)
    deciding.decide(home, "q4", item.item_id, "revoke", "", SETTINGS, by())
    assert rows(home, "select revoked_count, carried_out_count from review.campaigns") == [
        {"revoked_count": 1, "carried_out_count": 0}
    ]
    change(home, f"delete from inventory.entitlements where entitlement_key = '{item.entitlement_key}'")
    refresh(home, "q4")
    assert rows(home, "select carried_out_count from review.campaigns") == [{"carried_out_count": 1}]


def test_a_campaign_is_closed_once_it_is_good_and_never_again(home: Home, started: Start) -> None:
    started(directories=("data",))
    with pytest.raises(Refused, match=r"coverage: 0 of \d+ items are decided") as refused:
        deciding.close(home, "q4", (), "", SETTINGS, by())
    assert refused.value.problem.exit_code == 6
    all_decided(home, comment="looked at each")
    stands, closing = deciding.close(home, "q4", (), "", SETTINGS, by())
    assert set(closing.result["outcomes"].values()) == {"certify"}
    assert rows(home, "select status, closed_by from review.campaigns") == [
        {"status": "closed", "closed_by": "auditor"}
    ]
    assert stands.review.closing == closing
    with pytest.raises(Refused, match="The campaign is closed"):
        deciding.close(home, "q4", (), "", SETTINGS, by())


@pytest.mark.parametrize("default", ["keep", "revoke"])
def test_undecided_items_come_to_the_default_that_was_chosen(home: Home, started: Start, default: str) -> None:
    from pipeline.certification.model import Default

    review = started(directories=("data",), default=Default(default))
    deciding.decide(home, "q4", review.items[0].item_id, "unsure", "", SETTINGS, by())
    with pytest.raises(ConfigurationError, match="needs a --reason"):
        deciding.close(home, "q4", ["coverage"], " ", SETTINGS, by())
    _, closing = deciding.close(home, "q4", ["coverage"], "the quarter is over", SETTINGS, by())
    assert set(closing.result["outcomes"].values()) == {f"{default}_by_default"}
    assert closing.result["accepted"] == ["coverage"]
    assert rows(home, "select distinct outcome from review.items") == [{"outcome": f"{default}_by_default"}]


def test_certifying_everything_without_a_word_keeps_a_campaign_open(home: Home, started: Start) -> None:
    started(directories=("production",))
    all_decided(home)
    with pytest.raises(Refused, match=r"rubber_stamping: auditor certified all of \d+ items, and said nothing about"):
        deciding.close(home, "q4", (), "", SETTINGS, by())


def test_only_undecided_items_are_reassigned_and_never_to_the_person_reviewed(home: Home, started: Start) -> None:
    review = started(directories=("production",))
    mine = next(item for item in review.items if item.person_id and item.reviewer_rule == "owner_manager")
    own = next(name for name in mine.person_names if "@" in name)
    other = next(item for item in review.items if item.reviewer != mine.reviewer).reviewer
    with pytest.raises(CertifyError, match="own access"):
        deciding.reassign(home, "q4", [mine.item_id], "", own, "knows it", SETTINGS, by())
    [moved] = deciding.reassign(home, "q4", [mine.item_id], "", other, "on leave", SETTINGS, by())
    assert load_campaign(home, "q4").reviewer_of(moved) == other
    row = row_of(home, mine)
    assert (row["reviewer"], row["reviewer_rule"], row["reviewer_reason"]) == (
        other,
        "reassigned",
        "on leave (by auditor)",
    )
    deciding.decide(home, "q4", mine.item_id, "certify", "", SETTINGS, by(other))
    with pytest.raises(CertifyError, match="only undecided items"):
        deciding.reassign(home, "q4", [mine.item_id], "", mine.reviewer, "back", SETTINGS, by())
