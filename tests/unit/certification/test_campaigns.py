"""A campaign is read back as it was started, and decisions are recorded, refused and kept as packets rely on."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.certification.campaigns import load_campaign, record_decisions, store_closing, store_reassignments
from pipeline.certification.documents import is_sealed
from pipeline.certification.model import Closing, ItemFinding, Reassignment, Recorded, Review, Verdict
from pipeline.home import Home
from pipeline.ledger.store import Ledger
from pipeline.problems import CertifyError, ConfigurationError, Refused
from tests.support.hostile import NAMES
from tests.unit.certification.reviewing import NOW, STARTED, evidence, item, said, started


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def decided(home: Home, *rows: object, by: str = "grace@corp.example", source: str = "terminal") -> Recorded:
    return record_decisions(home, "q4", rows, by, "root", source=source, now=NOW)  # type: ignore[arg-type]


def verdicts(review: Review) -> dict[str, str]:
    return {item_id: str(each.decision) for item_id, each in review.latest.items()}


def test_a_campaign_is_read_back_as_it_was_started(home: Home) -> None:
    finding = ItemFinding("f-1", "stale_account", "high", "not used for 120 days")
    items = [
        item(1),
        item(2, is_privileged=None, access={"is_admin": None}, evidence=evidence(findings=(finding,), holders=None)),
    ]
    review = started(home, items, where="is_admin", directories=("aws",))
    assert list(review.items) == items
    assert (review.campaign.where, review.campaign.directories) == ("is_admin", ("aws",))
    assert review.campaign.context == {"thresholds": {"stale_after_days": 90}}
    assert (review.campaign.due_at, review.campaign.started_at) == (STARTED + timedelta(days=14), STARTED)
    assert Ledger.of(home).verify().tamperings == ()


def test_no_name_is_changed_by_being_frozen(home: Home) -> None:
    items = [item(number, username=name, what=name, person_names=(name,)) for number, name in enumerate(NAMES)]
    kept = started(home, items).items
    assert [each.username for each in kept] == list(NAMES)
    assert all(is_sealed(each) for each in kept)


def test_the_digest_covers_every_field_of_an_item(home: Home) -> None:
    one = item()
    for field, other in {"username": "eve", "reviewer": "eve@corp.example", "recommendation": Verdict.REVOKE}.items():
        assert not is_sealed(replace(one, **{field: other})), field
    assert not is_sealed(replace(one, evidence=replace(one.evidence, last_used_state="unknown")))
    assert not is_sealed(replace(one, access={**one.access, "is_admin": "true"}))


def test_a_second_campaign_of_that_name_is_refused(home: Home) -> None:
    started(home, [item()])
    with pytest.raises(ConfigurationError, match="'q4' was started before"):
        started(home, [item(2)], campaign_id="c-0000000002")
    assert [each.item_id for each in load_campaign(home, "q4").items] == [item().item_id]


def test_an_unknown_campaign_is_named_with_those_there_are(home: Home) -> None:
    started(home, [item()])
    with pytest.raises(ConfigurationError, match="'q5' was never started here; the campaigns are: q4"):
        load_campaign(home, "q5")


def test_good_rows_are_kept_and_bad_ones_reported_by_number(home: Home) -> None:
    one, two, three = items = [item(1), item(2), item(3)]
    started(home, items)
    outcome = decided(
        home,
        said(one, "certify", row=2),
        said(two, "approve", row=3),
        said(three, "revoke", row=4, digest=two.digest),
        said(three, "reduce", row=5),
        said(item(9), "certify", row=6),
        said(three, "revoke", row=7, decided_at=STARTED - timedelta(days=1)),
        said(three, "revoke", row=8, decided_at=NOW + timedelta(days=1)),
    )
    assert [(each.item_id, each.decision) for each in outcome.added] == [(one.item_id, "certify")]
    assert {each.row: each.reason for each in outcome.refused} == {
        3: "'approve' is no decision; it is one of certify, revoke, reduce, unsure",
        4: "the digest is not the item's: the row was changed, or belongs to another campaign",
        5: "a reduce needs a comment that says what to take away",
        6: f"'{item(9).item_id}' is no item of campaign q4",
        7: "it was decided before the campaign started",
        8: "it was decided in the future",
    }
    assert verdicts(load_campaign(home, "q4")) == {one.item_id: "certify"}


def test_the_same_rows_from_the_same_source_change_nothing_also_after_another_decision(home: Home) -> None:
    one = item()
    started(home, [one])
    assert len(decided(home, said(one, "certify"), source="xlsx:aa").added) == 1
    assert decided(home, said(one, "certify"), source="xlsx:aa") == Recorded(unchanged=1)
    assert len(decided(home, said(one, "revoke", "not needed")).added) == 1
    assert decided(home, said(one, "certify"), source="xlsx:aa") == Recorded(unchanged=1)
    review = load_campaign(home, "q4")
    assert verdicts(review) == {one.item_id: "revoke"}, "the latest valid one wins"
    assert [each.decision for each in review.decisions] == ["certify", "revoke"], "history is kept"


def test_who_decides_about_their_own_access_says_why(home: Home) -> None:
    one = item()
    started(home, [one])
    [refused] = decided(home, said(one, "certify"), by="ADA@corp.example ").refused
    assert "decides about their own access" in refused.reason
    assert len(decided(home, said(one, "certify", "the only administrator"), by="ada@corp.example").added) == 1


def test_who_decided_is_as_stated_and_who_entered_it_is_known(home: Home) -> None:
    one = item()
    started(home, [one])
    decided(home, said(one, "certify"))
    [recorded] = load_campaign(home, "q4").decisions
    assert (recorded.decided_by, recorded.entered_by) == ("grace@corp.example", "root")
    assert recorded.access == one.access


def test_unsure_counts_as_undecided_and_a_reassigned_item_is_the_new_reviewers(home: Home) -> None:
    one, two = item(1), item(2)
    started(home, [one, two])
    decided(home, said(one, "unsure"))
    made = Reassignment("r-1", two.item_id, "linus@corp.example", "on leave", "auditor", "root", NOW)
    store_reassignments(home, "q4", lambda _: [made])
    review = load_campaign(home, "q4")
    assert not review.is_decided(one)
    assert review.reviewers() == {"grace@corp.example": [one], "linus@corp.example": [two]}


def test_a_closed_campaign_takes_no_decision_and_no_closing(home: Home) -> None:
    one = item()
    started(home, [one])
    closing = Closing("auditor", NOW, "root", {"items": 1})
    store_closing(home, "q4", lambda _: closing)
    for late in (
        lambda: decided(home, said(one, "certify")),
        lambda: store_closing(home, "q4", lambda _: closing),
        lambda: store_reassignments(home, "q4", lambda _: []),
    ):
        with pytest.raises(Refused, match="auditor closed 'q4' on 2026-11-25 09:00 UTC"):
            late()
    assert load_campaign(home, "q4").closing == closing


@pytest.mark.parametrize(
    "change",
    [
        "update review_decisions set decision = 'certify'",
        "delete from review_decisions",
        "update review_campaigns set default_decision = 'revoke'",
        "insert or replace into review_decisions select * from review_decisions",
        "delete from review_campaigns",
    ],
)
def test_nothing_recorded_can_be_changed_and_a_forced_change_is_found(home: Home, change: str) -> None:
    one = item()
    started(home, [one])
    decided(home, said(one, "revoke"))
    with sqlite3.connect(home.ledger) as connection, pytest.raises(sqlite3.DatabaseError, match="append-only"):
        connection.execute(change)
    with sqlite3.connect(home.ledger) as connection:
        connection.execute("drop trigger review_decisions_refuse_update")
        connection.execute("update review_decisions set decision = 'certify'")
    with pytest.raises(CertifyError, match=r"review_decisions .* was changed after it was written"):
        decided(home, said(one, "certify"))
