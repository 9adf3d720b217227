"""From raw tables to stale, active and unknown: whole accounts, and every read denied in turn."""

from __future__ import annotations

import pytest

from tests.integration.dbt.raw_rows import Company, days_ago
from tests.integration.dbt.warehouses import Warehouse

LIMIT = 90
REFUSED_BY = {
    "an identity-based policy": "take iam:ListAccessKeys out of the explicit Deny in the policies of the role of",
    "an explicit deny": "take iam:ListAccessKeys out of the explicit Deny in the policies of the role of",
    "a permissions boundary": "let the permissions boundary of the role of production allow iam:ListAccessKeys",
    "a service control policy": "let the organization's service control policy allow iam:ListAccessKeys",
    "a resource control policy": "except the role of production from the organization's resource control policy",
    "a session policy": "report this: our own session policy does not allow iam:ListAccessKeys",
    "a VPC endpoint policy": "let the VPC endpoint policy allow iam:ListAccessKeys",
    "a resource-based policy": "let the resource's own policy allow iam:ListAccessKeys",
}
"""By what refused a read: how its fix begins."""


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> Warehouse:
    """One account in which every reading of a password and its keys occurs."""
    company = Company()
    aws = company.aws()
    used = {"password_last_used_at": days_ago(LIMIT, seconds=1)}
    aws.user("password-1s-over", login={}, **used)
    aws.user("password-at-limit", login={}, password_last_used_at=days_ago(LIMIT))
    aws.user("password-left-over", login=None, **used)
    aws.user("password-made-again", login={"created_at": days_ago(5)}, **used)
    aws.user("password-never-used-old", login={"created_at": days_ago(91)})
    aws.user("password-never-used-new", login={"created_at": days_ago(89)})
    aws.user("password-without-date", login={"created_at": None})
    aws.user("password-denied", login={"has_password": None, "login_profile_gap": "iam:GetLoginProfile denied"}, **used)
    aws.user("nothing", login=None)
    aws.user("ssh-key-only", login=None, other_credential_count=1, other_credentials="SSH public key")
    aws.user("ssh-keys-denied", login=None, other_credentials_gap="iam:ListSSHPublicKeys denied")
    aws.user("ssh-key-and-stale-password", login={}, other_credential_count=None, **used)
    two = aws.user("second-key-fresh", login=None)
    aws.key(two, "AKIA2A", used=days_ago(200))
    aws.key(two, "AKIA2B", created_at=days_ago(3))
    mixed = aws.user("key2-stale-key1-inactive", login=None)
    aws.key(mixed, "AKIA3A", used=days_ago(1), status="Inactive")
    aws.key(mixed, "AKIA3B", used=days_ago(100))
    expired = aws.user("only-expired", login=None)
    aws.key(expired, "AKIA4A", status="Expired")
    unused = aws.user("key-use-denied", login=None)
    aws.key(unused, "AKIA5A", last_used_state="unknown", last_used_gap="iam:GetAccessKeyLastUsed denied")
    aws.user("keys-denied", login=None, access_keys_gap="iam:ListAccessKeys denied")
    for kind in REFUSED_BY:
        aws.user(f"refused by {kind}", login=None, access_keys_gap=f"iam:ListAccessKeys denied by {kind}")
    aws.user(
        "keys-denied-but-signed-in",
        login={},
        password_last_used_at=days_ago(1),
        access_keys_gap="iam:ListAccessKeys denied",
    )
    aws.user("keys-throttled-and-password-stale", login={}, access_keys_gap="iam:ListAccessKeys throttled", **used)
    return warehouse.build(company)


@pytest.mark.promise("P26")
@pytest.mark.parametrize(
    ("username", "activity"),
    [
        ("password-1s-over", "stale"),
        ("password-at-limit", "active"),
        ("password-left-over", "no_credentials"),
        ("password-made-again", "active"),
        ("password-never-used-old", "stale"),
        ("password-never-used-new", "active"),
        ("password-without-date", "unknown"),
        ("password-denied", "unknown"),
        ("nothing", "no_credentials"),
        ("ssh-key-only", "unknown"),
        ("ssh-keys-denied", "unknown"),
        ("ssh-key-and-stale-password", "stale"),
        ("second-key-fresh", "active"),
        ("key2-stale-key1-inactive", "stale"),
        ("only-expired", "no_credentials"),
        ("key-use-denied", "unknown"),
        ("keys-denied", "unknown"),
        ("keys-denied-but-signed-in", "active"),
        ("keys-throttled-and-password-stale", "unknown"),
    ],
)
def test_activity_of_an_account_follows_its_credentials(built: Warehouse, username: str, activity: str) -> None:
    assert built.one("inventory.accounts", f"username = '{username}'")["activity"] == activity


def test_stale_accounts_are_exactly_the_accounts_whose_activity_is_stale(built: Warehouse) -> None:
    stale = built.all("select username from findings.stale_accounts order by username")
    accounts = built.all("select username from inventory.accounts where activity = 'stale' order by username")
    assert stale == accounts
    assert [row["username"] for row in stale] == [
        "key2-stale-key1-inactive",
        "password-1s-over",
        "password-never-used-old",
        "ssh-key-and-stale-password",
    ]


@pytest.mark.promise("P13")
def test_account_that_cannot_be_judged_names_the_permission_that_would_settle_it(built: Warehouse) -> None:
    unknown = built.by("username", "findings.unknown_activity", "missing_permission")
    assert unknown == {
        "password-without-date": "iam:GetLoginProfile",
        "password-denied": "iam:GetLoginProfile",
        "key-use-denied": "iam:GetAccessKeyLastUsed",
        "keys-denied": "iam:ListAccessKeys",
        "ssh-key-only": None,
        "ssh-keys-denied": "iam:ListSSHPublicKeys",
        "keys-throttled-and-password-stale": "iam:ListAccessKeys",
        **{f"refused by {kind}": "iam:ListAccessKeys" for kind in REFUSED_BY},
    }
    remedies = built.by("username", "findings.unknown_activity", "remedy")
    assert remedies["keys-denied"] == (
        "allow iam:ListAccessKeys to the role of production (IAMReadOnlyAccess has it), then: certify sync production"
    )
    for kind, fix in REFUSED_BY.items():
        assert remedies[f"refused by {kind}"].startswith(fix), kind
        assert remedies[f"refused by {kind}"].endswith(", then: certify sync production")
        assert "IAMReadOnlyAccess" not in remedies[f"refused by {kind}"]
    assert remedies["keys-throttled-and-password-stale"] == "certify sync production"
    assert remedies["ssh-key-only"].startswith("no permission settles it: ask the owner")


def test_a_live_credential_whose_use_aws_does_not_record_is_neither_clean_nor_stale(built: Warehouse) -> None:
    unknown = built.by("username", "findings.unknown_activity", "reason")
    assert unknown["ssh-key-only"] == "AWS records no use of its live credentials: SSH public key"
    assert unknown["ssh-keys-denied"] == "other credentials not known: iam:ListSSHPublicKeys denied"
    usable = built.by("username", "inventory.accounts", "has_usable_credential")
    assert (usable["ssh-key-only"], usable["ssh-keys-denied"], usable["nothing"]) == (True, None, False)


def test_one_stale_key_is_a_finding_even_where_the_account_is_active(built: Warehouse) -> None:
    row = built.one("findings.stale_credentials", "username = 'second-key-fresh'")
    assert (row["credential_id"], row["idle_days"], row["stale_after_days"]) == ("AKIA2A", 200, LIMIT)
    assert row["last_active_at"] == days_ago(200)


def test_last_activity_counts_inactive_keys_and_sign_ins_with_a_deleted_password(built: Warehouse) -> None:
    last_active = built.by("username", "inventory.accounts", "last_active_at")
    assert last_active["key2-stale-key1-inactive"] == days_ago(1)
    assert last_active["password-left-over"] is not None
    assert last_active["password-made-again"] is not None


@pytest.mark.promise("P26")
def test_unknown_leaves_counts_and_flags_empty_not_false(built: Warehouse) -> None:
    denied = built.one("inventory.accounts", "username = 'keys-denied'")
    assert denied["active_key_count"] is None
    assert denied["has_usable_credential"] is None
    assert denied["never_used"] is None
    nothing = built.one("inventory.accounts", "username = 'nothing'")
    assert nothing["active_key_count"] == 0
    assert nothing["has_usable_credential"] is False


def test_evidence_says_which_password_a_sign_in_belonged_to(built: Warehouse) -> None:
    evidence = built.one("inventory.credentials", "account_key like '%PASSWORD-MADE-AGAIN'")["evidence"]
    assert evidence.startswith("console password: never used since it was created 2026-11-19 03:15:00 UTC, 5 days idle")
    assert "was with an earlier password" in evidence


def test_denied_reads_make_the_directory_partial_and_are_listed(built: Warehouse) -> None:
    directory = built.one("inventory.directories")
    assert directory["status"] == "fresh"
    assert directory["coverage"] == "partial"
    assert directory["missing_permissions"] == (
        "iam:GetAccessKeyLastUsed, iam:GetLoginProfile, iam:ListAccessKeys, iam:ListSSHPublicKeys"
    )


def test_root_user_is_not_an_account(built: Warehouse) -> None:
    assert built.one("inventory.root_users")["arn"] == "arn:aws:iam::111122223333:root"
    assert not built.all("select 1 from inventory.accounts where arn like '%:root'")
