"""Starting a campaign freezes who has access, with evidence, a recommendation and a fit reviewer each, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.certification.campaigns import campaign_names, load_campaign
from pipeline.certification.documents import is_sealed
from pipeline.certification.model import ItemKind, Scope, Verdict
from pipeline.certification.reviewers import Person
from pipeline.certification.standing import people_of
from pipeline.home import Home
from pipeline.problems import CertifyError, ConfigurationError
from pipeline.warehouse.query import questions
from tests.integration.certification.conftest import Start, change, rows

LEFT = "select email from identity.identities where employment_status = 'terminated' and email is not null limit 1"


def persons(home: Home) -> dict[str, Person]:
    with questions(home) as ask:
        return people_of(ask)


def test_every_access_outside_the_rosters_is_an_item_once(home: Home, started: Start) -> None:
    review = started()
    found = {(item.kind, item.entitlement_key or item.credential_key or item.account_key) for item in review.items}
    assert len(found) == len(review.items) == review.campaign.item_count
    [counts] = rows(
        home,
        """
        select
            (select count(*) from inventory.accounts where not is_authoritative) as accounts,
            (select count(*) from inventory.credentials where is_usable) as credentials,
            (select count(*) from inventory.entitlements) as entitlements
        """,
    )
    kinds = [item.kind for item in review.items]
    assert kinds.count(ItemKind.ACCOUNT) == counts["accounts"]
    assert kinds.count(ItemKind.CREDENTIAL) == counts["credentials"]
    groups = [item for item in review.items if (item.entitlement_key or "").startswith("membership:")]
    assert kinds.count(ItemKind.ENTITLEMENT) == counts["entitlements"] + len(groups)
    assert groups, "groups of which no right is listed"
    assert all(is_sealed(item) for item in review.items)


def test_nobody_reviews_their_own_access_and_every_reviewer_works_here(home: Home, started: Start) -> None:
    review, known = started(), persons(home)
    addresses = {person.email: person for person in known.values() if person.is_in_roster}
    for item in review.items:
        reviewer = addresses[item.reviewer]
        assert reviewer.employment_status == "active"
        assert reviewer.identity_id != item.person_id, item
        assert item.reviewer_reason
    rules = {item.reviewer_rule for item in review.items}
    assert {"owner_manager", "fallback"} <= rules


def test_a_manager_who_has_left_is_passed_over_with_the_reason(home: Home, started: Start) -> None:
    review, known = started(), persons(home)
    managers_left = [
        item
        for item in review.items
        if (person := known.get(item.person_id))
        and (manager := known.get(person.manager_identity_id or ""))
        and manager.employment_status == "terminated"
    ]
    assert managers_left
    for item in managers_left:
        assert "has left" in item.reviewer_reason
        assert item.reviewer_rule != "owner_manager"


def test_unknown_use_is_unsure_and_a_revoke_rests_on_another_fact(home: Home, started: Start) -> None:
    """That the owner has left, or that the account has nothing to sign in with."""
    review = started()
    closed = {
        str(row["account_key"])
        for row in rows(home, "select account_key from inventory.accounts where activity = 'no_credentials'")
    }
    unknown = [item for item in review.items if item.evidence.last_used_state == "unknown"]
    assert unknown
    for item in unknown:
        is_known = "has left" in item.recommendation_reason or item.account_key in closed
        assert item.recommendation is (Verdict.REVOKE if is_known else Verdict.UNSURE), item
    unread = [item for item in unknown if item.directory_id == "data" and item.account_key not in closed]
    assert unread
    assert all("denied" in item.recommendation_reason for item in unread)


def test_stale_accounts_are_recommended_to_be_revoked_and_used_ones_certified(home: Home, started: Start) -> None:
    review = started()
    stale = {str(row["account_key"]) for row in rows(home, "select account_key from findings.stale_accounts")}
    assert stale
    of_stale = [item for item in review.items if item.account_key in stale]
    assert {item.recommendation for item in of_stale} == {Verdict.REVOKE}
    active = """
        select account_key from inventory.accounts
        where activity = 'active' and not is_authoritative
            and account_key not in (select account_key from findings.orphaned_accounts)
            and account_key not in (select account_key from findings.unknown_ownership)
    """
    fine = {str(row["account_key"]) for row in rows(home, active)}
    certified = [item for item in review.items if item.account_key in fine and item.kind is not ItemKind.CREDENTIAL]
    assert {item.recommendation for item in certified} == {Verdict.CERTIFY}


@pytest.mark.parametrize("scope", [Scope.FINDINGS, Scope.PRIVILEGED])
def test_a_scope_is_what_it_says(home: Home, started: Start, scope: Scope) -> None:
    review = started(scope=scope, directories=("production",))
    assert {item.directory_id for item in review.items} == {"production"}
    if scope is Scope.PRIVILEGED:
        assert {item.is_privileged for item in review.items} <= {True, None}
        assert any(item.is_privileged for item in review.items)
        return
    query = "select account_key from findings.all_findings where status = 'open' and severity <> 'info'"
    with_findings = {str(row["account_key"]) for row in rows(home, query)}
    assert {item.account_key for item in review.items} <= with_findings
    assert all(item.evidence.findings for item in review.items)


def test_a_condition_limits_the_items(started: Start) -> None:
    review = started(where="kind = 'credential' and username in (select username from findings.stale_accounts)")
    assert {item.kind for item in review.items} == {ItemKind.CREDENTIAL}
    assert review.campaign.where.startswith("kind = 'credential'")


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("1 = 1) union select * from (items", "more than a condition"),
        ("true) limit (5", "more than a condition"),
        ("true) order by (username", "more than a condition"),
        ("username in (select content from read_text('/etc/passwd'))", "read_text"),
        ("no_such_column", "no_such_column"),
        ("true; drop table items", "syntax error"),
        ("", ""),
    ],
)
def test_a_condition_can_only_limit(home: Home, started: Start, where: str, reason: str) -> None:
    if not where:
        assert started(where=where).items
        return
    with pytest.raises(ConfigurationError) as refused:
        started(where=where)
    assert refused.value.problem.code == "condition_unfit"
    assert reason in refused.value.problem.message
    assert campaign_names(home) == []


def test_a_fallback_who_has_left_or_is_unknown_is_caught(home: Home, started: Start) -> None:
    [row] = rows(home, LEFT)
    for address, reason in {str(row["email"]): "has left", "nobody@corp.example": "is in no roster"}.items():
        with pytest.raises(ConfigurationError, match=reason) as refused:
            started(fallbacks=(address,))
        assert refused.value.problem.code == "reviewer_unfit"
    assert campaign_names(home) == []


def test_items_without_a_reviewer_are_counted_and_nothing_is_started(home: Home, started: Start) -> None:
    with pytest.raises(ConfigurationError, match=r"Some items have nobody to review them: \d+ of them"):
        started(fallbacks=())
    assert campaign_names(home) == []
    assert not home.ledger.exists()


def test_the_tables_say_what_the_ledger_says(home: Home, started: Start) -> None:
    review = started()
    [campaign] = rows(home, "select name, status, item_count, decided_count, scope_sha256 from review.campaigns")
    assert campaign == {
        "name": "q4",
        "status": "open",
        "item_count": len(review.items),
        "decided_count": 0,
        "scope_sha256": review.campaign.scope_sha256,
    }
    found = {row["item_id"]: row for row in rows(home, "select * from review.items")}
    assert set(found) == set(review.by_id)
    for item in review.items[:50]:
        row = found[item.item_id]
        assert (row["reviewer"], row["recommendation"], row["digest"]) == (
            item.reviewer,
            item.recommendation,
            item.digest,
        )
        assert row["access_now"] == "unchanged"
    with pytest.raises(CertifyError):
        load_campaign(home, "q5")


def test_the_campaign_keeps_what_it_was_started_from(started: Start) -> None:
    context = started().campaign.context
    assert context["settings"]["stale_after_days"] == 90
    assert {each["directory_id"] for each in context["snapshots"]} >= {"production", "people"}
    assert all(len(sha256) == 64 for each in context["snapshots"] for sha256 in each["tables"].values())
    assert all(each["tables"] for each in context["snapshots"])
    denied = {(each["directory_id"], each["action"]) for each in context["coverage"] if each["outcome"] == "denied"}
    assert ("data", "iam:GetAccessKeyLastUsed") in denied
    assert context["queries"]["items"]["sql"].lstrip().startswith("with access as")


def test_a_started_campaign_is_frozen(home: Home, started: Start) -> None:
    before = started().items
    change(home, "update inventory.accounts set username = 'renamed', is_enabled = false")
    assert load_campaign(home, "q4").items == before
    assert load_campaign(home, "q4").campaign.started_at <= datetime.now(UTC)
