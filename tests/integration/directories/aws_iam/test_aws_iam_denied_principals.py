"""A denial concerns one action and one principal: its facts are unknown, everybody else's are known."""

from __future__ import annotations

import random

import pytest

from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.actions import READ_ACTIONS
from pipeline.directories.base import Snapshot
from tests.integration.directories.aws_iam.reading import (
    IDENTITY,
    ago,
    complete,
    connect,
    differences,
    gaps,
    keys,
    outcomes,
    read,
    rows,
    user,
)

EXPLICIT = "with an explicit deny in an identity-based policy"
BULK = ("iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport")
USERS = 30


def populate(account: EmulatedAccount) -> None:
    """Thirty users with everything that is asked about principal by principal."""
    own = account.managed_policy("own", ["s3:*"])
    for number in range(4):
        account.group(f"group-{number}")
        account.inline_policy(f"group-{number}", "more", ["s3:Get*"], group=True)
    for number in range(USERS):
        name = f"user-{number:02}"
        account.user(name, created=ago(300), password_created=ago(200), mfa=True, groups=[f"group-{number % 4}"])
        account.key(name, created=ago(90), last_used=ago(3))
        account.attach(name, own)
        account.inline_policy(name, "extra", ["s3:Get*"])


def gapped(snapshot: Snapshot) -> set[str]:
    """The users with any gap beside a fact of theirs."""
    found = set()
    for table, column in (("users", "user_id"), ("login_profiles", "user_id"), ("access_keys", "user_id"),
                          ("inline_policies", "principal_id")):  # fmt: skip
        for row in rows(snapshot, table):
            if any(value for name, value in row.items() if name.endswith("_gap")):
                found.add(row[column])
    return {one["user_name"] for one in rows(snapshot, "users") if one["user_id"] in found}


def test_one_explicit_deny_on_one_user_costs_that_user_alone(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account)
    aws.faults.deny("iam:GenerateCredentialReport")
    aws.faults.deny("iam:GetAccessKeyLastUsed", resource="*:user/user-07", reason=EXPLICIT)
    for _ in range(3):
        snapshot = complete(read(connect(aws, account)))
        states = [key["last_used_state"] for key in rows(snapshot, "access_keys")]
        assert (states.count("unknown"), states.count("used")) == (1, USERS - 1)
        (key,) = keys(snapshot, "user-07")
        assert key["last_used_gap"] == "iam:GetAccessKeyLastUsed denied by an identity-based policy"
        (line,) = [one for one in snapshot.coverage if one.action == "iam:GetAccessKeyLastUsed"]
        assert (line.outcome, line.calls, line.principals_asked, line.principals_denied) == ("denied", USERS, USERS, 1)
        assert line.remedy.startswith(f"AWS refuses it for 1 of {USERS} principals only: find the statement")


def test_a_user_with_many_policies_is_one_principal(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account)
    for number in range(12):
        account.inline_policy("user-00", f"policy-{number}", ["s3:Get*"])
    aws.faults.deny(BULK[0])
    aws.faults.deny("iam:GetUserPolicy", resource="*:user/user-00")
    snapshot = complete(read(connect(aws, account)))
    unread = [row for row in rows(snapshot, "inline_policies") if row["document_gap"]]
    assert {row["principal_id"] for row in unread} == {user(snapshot, "user-00")["user_id"]}
    assert len(unread) == 13


def test_an_action_denied_for_all_is_left_after_a_sample(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account)
    aws.faults.deny("iam:GenerateCredentialReport")
    aws.faults.deny("iam:GetAccessKeyLastUsed")
    snapshot = complete(read(connect(aws, account)))
    assert aws.log.count("iam:GetAccessKeyLastUsed") == 8
    assert {key["last_used_gap"] for key in rows(snapshot, "access_keys")} == {"iam:GetAccessKeyLastUsed denied"}
    (line,) = [one for one in snapshot.coverage if one.action == "iam:GetAccessKeyLastUsed"]
    assert (line.principals_asked, line.principals_denied) == (8, 8)


def test_a_key_deleted_since_it_was_listed_is_no_missing_permission(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account)
    aws.faults.deny("iam:GenerateCredentialReport")
    doomed = account.key("user-11", created=ago(5))
    aws.faults.vanish_key(doomed)
    snapshot = complete(read(connect(aws, account)))
    assert gaps(snapshot) == set()
    assert [key["access_key_id"] for key in keys(snapshot, "user-11")] != []
    assert doomed not in {key["access_key_id"] for key in rows(snapshot, "access_keys")}
    assert outcomes(snapshot)["iam:GetAccessKeyLastUsed"] == "ok"


@pytest.mark.promise("P13")
@pytest.mark.parametrize("seed", [*range(10), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(10, 200))])
def test_every_read_denied_for_one_principal_hides_exactly_its_facts(
    aws: Emulator, account: EmulatedAccount, seed: int
) -> None:
    chance = random.Random(seed)
    populate(account)
    unlucky = f"user-{chance.randrange(USERS):02}"
    reason = chance.choice([None, "", EXPLICIT, "because no permissions boundary allows the action"])
    aws.faults.deny("iam:*", resource=f"arn:aws:iam::111122223333:user/{unlucky}", reason=reason)
    for action in chance.sample(BULK, chance.randrange(1, 4)):
        aws.faults.deny(action)
    snapshot = complete(read(connect(aws, account), threads=chance.choice([1, 8]), read_tags_per_user=True))
    assert gapped(snapshot) == {unlucky}
    assert {one["user_name"] for one in rows(snapshot, "users")} == {f"user-{number:02}" for number in range(USERS)}
    for line in snapshot.coverage:
        assert line.principals_denied in (0, 1), line
    assert {line.action for line in snapshot.coverage if line.outcome == "denied"} <= READ_ACTIONS.keys()
    known = IDENTITY.keys() - {"root_user", "groups"}
    ids = {user(snapshot, unlucky)["user_id"], *(key.access_key_id for key in account.state.user(unlucky).access_keys)}
    for difference in differences(snapshot, account, tables=known):
        assert any(each in difference for each in ids), difference


@pytest.mark.parametrize("denied", [0, 1, 2, 3])
def test_every_read_denied_for_one_group_hides_exactly_its_facts(
    aws: Emulator, account: EmulatedAccount, denied: int
) -> None:
    populate(account)
    aws.faults.deny("iam:*", resource=f"arn:aws:iam::111122223333:group/group-{denied}", reason=EXPLICIT)
    aws.faults.deny(BULK[0])
    snapshot = complete(read(connect(aws, account)))
    assert gapped(snapshot) == set(), "the users know their groups"
    gaps_of = {row["group_name"]: {name for name, value in row.items() if name.endswith("_gap") and value}
               for row in rows(snapshot, "groups")}  # fmt: skip
    assert gaps_of == {
        f"group-{number}": {"attached_policies_gap", "inline_policies_gap"} if number == denied else set()
        for number in range(4)
    }
    assert differences(snapshot, account, tables=["users", "memberships", "login_profiles", "access_keys"]) == []
