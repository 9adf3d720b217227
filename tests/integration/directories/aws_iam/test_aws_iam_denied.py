"""A denied action leaves its own gap and nothing else: one at a time, in pairs, and for some principals only."""

from __future__ import annotations

import pytest

from pipeline.aws.calls import SAMPLE
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.actions import MINIMAL, READ_ACTIONS
from tests.integration.directories.aws_iam.accounts import full_account
from tests.integration.directories.aws_iam.reading import (
    IDENTITY,
    complete,
    connect,
    differences,
    gaps,
    keys,
    login,
    outcomes,
    read,
    row,
    rows,
    user,
)

BULK, GENERATE, GET = "iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"
USE = [("access_keys", f"last_used_{part}") for part in ("state", "at", "service", "region")]
NOT_FROM_CALLS = ["root_user"]
"""What only the credential report tells."""

ALONE = {action: (set(), []) for action in READ_ACTIONS if action != "iam:ListUsers"} | {
    "iam:ListAccessKeys": ({("users", "access_keys_gap", "iam:ListAccessKeys denied")}, ["access_keys"]),
    "iam:GetLoginProfile": ({("login_profiles", "created_gap", "iam:GetLoginProfile denied")}, []),
    "iam:GetAccountSummary": ({("account", "summary_gap", "iam:GetAccountSummary denied")}, []),
    "iam:ListServiceSpecificCredentials": (
        {("users", "other_credentials_gap", "iam:ListServiceSpecificCredentials denied")},
        ["users"],
    ),
    "iam:ListSSHPublicKeys": ({("users", "other_credentials_gap", "iam:ListSSHPublicKeys denied")}, ["users"]),
    "iam:ListAccountAliases": ({("account", "alias_gap", "iam:ListAccountAliases denied")}, ["account"]),
    GENERATE: (set(), NOT_FROM_CALLS),
    GET: (set(), NOT_FROM_CALLS),
}
"""By action: the gaps its denial leaves, and the tables that are not exact without it."""


@pytest.mark.parametrize("action", ALONE)
def test_one_denied_action_leaves_its_gap_and_loses_nothing_else(
    aws: Emulator, account: EmulatedAccount, action: str
) -> None:
    full_account(account)
    aws.faults.deny(action)
    snapshot = complete(read(connect(aws, account)))
    expected, inexact = ALONE[action]
    assert gaps(snapshot) == expected
    assert differences(snapshot, account, tables=IDENTITY.keys() - set(inexact)) == []
    assert [line for line in outcomes(snapshot).items() if line[1] not in ("ok", "not_tried")] == (
        [(action, "denied")] if aws.log.count(action) else []
    )


def test_a_denial_names_code_message_and_the_statement_to_attach(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    aws.faults.deny("iam:ListAccessKeys")
    (line,) = [one for one in read(connect(aws, account)).coverage if one.outcome == "denied"]
    assert line.error_code == "AccessDenied"
    assert "is not authorized to perform: iam:ListAccessKeys" in line.message
    assert '{"Effect": "Allow", "Action": "iam:ListAccessKeys", "Resource": "*"}' in line.remedy
    assert line.needed_for == READ_ACTIONS["iam:ListAccessKeys"].needed_for


@pytest.mark.parametrize(
    ("denied", "expected", "besides"),
    [
        (["iam:GetUser"], {("users", "tags_gap"), ("users", "boundary_gap")}, ["tags", "permissions_boundary_arn"]),
        (["iam:GetGroup"], set(), []),
        (["iam:ListAttachedUserPolicies"], {("users", "attached_policies_gap")}, []),
        (["iam:ListUserPolicies"], {("users", "inline_policies_gap")}, []),
        (["iam:ListAttachedGroupPolicies"], {("groups", "attached_policies_gap")}, []),
        (["iam:ListGroupPolicies"], {("groups", "inline_policies_gap")}, []),
        (["iam:GetUserPolicy"], {("inline_policies", "document_gap")}, ["document"]),
        (["iam:GetGroupPolicy"], {("inline_policies", "document_gap")}, ["document"]),
        (["iam:GetPolicyVersion"], {("managed_policies", "document_gap")}, ["document"]),
        (["iam:GetGroup", "iam:ListGroupsForUser"], {("users", "groups_gap"), ("groups", "members_gap")}, []),
        (["iam:ListGroups", "iam:ListGroupsForUser"], {("users", "groups_gap")}, []),
    ],
)
def test_without_the_bulk_answer_each_denial_leaves_its_own_gap(
    aws: Emulator, account: EmulatedAccount, denied: list[str], expected: set[tuple[str, str]], besides: list[str]
) -> None:
    full_account(account)
    for action in (BULK, *denied):
        aws.faults.deny(action)
    snapshot = complete(read(connect(aws, account)))
    assert {(table, column) for table, column, _ in gaps(snapshot)} == expected
    assert {text.split()[0] for _, _, text in gaps(snapshot)} <= set(denied)
    untouched = {"users", "login_profiles", "access_keys", "root_user", "account"}
    assert differences(snapshot, account, tables=untouched, besides=[("users", name) for name in besides]) == []
    assert snapshot.strategy == "mixed"


def test_without_the_list_of_groups_the_users_still_know_theirs(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    aws.faults.deny(BULK)
    aws.faults.deny("iam:ListGroups")
    snapshot = complete(read(connect(aws, account)))
    assert gaps(snapshot) == set()
    assert differences(snapshot, account, tables=["memberships"]) == []
    assert [group["group_name"] for group in rows(snapshot, "groups")] == ["admins", "Readers"]
    assert outcomes(snapshot)["iam:ListGroups"] == "denied"


def test_a_managed_policy_that_may_not_be_read_keeps_its_name(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    aws.faults.deny(BULK)
    aws.faults.deny("iam:GetPolicy")
    snapshot = complete(read(connect(aws, account)))
    admin = row(snapshot, "managed_policies", policy_name="AdministratorAccess")
    assert (admin["document"], admin["document_gap"]) == (None, "iam:GetPolicy denied")
    assert admin["is_aws_managed"] is True


@pytest.mark.parametrize(
    ("action", "expected", "besides"),
    [
        (
            "iam:GetLoginProfile",
            ("login_profiles", "login_profile_gap"),
            [("login_profiles", "has_password"), ("users", "other_credential_count"), ("users", "other_credentials")],
        ),
        ("iam:GetAccessKeyLastUsed", ("access_keys", "last_used_gap"), USE),
        ("iam:ListMFADevices", ("users", "mfa_gap"), [("users", "mfa_enabled")]),
        (
            "iam:ListSigningCertificates",
            ("users", "other_credentials_gap"),
            [("users", "other_credential_count"), ("users", "other_credentials")],
        ),
    ],
)
def test_without_a_report_each_denial_makes_its_fact_unknown(
    aws: Emulator, account: EmulatedAccount, action: str, expected: tuple[str, str], besides: list[tuple[str, str]]
) -> None:
    full_account(account)
    aws.faults.deny(GENERATE)
    aws.faults.deny(action)
    snapshot = complete(read(connect(aws, account)))
    assert gaps(snapshot) == {(*expected, f"{action} denied")}
    assert differences(snapshot, account, tables=IDENTITY.keys() - {"root_user"}, besides=besides) == []


def test_unknown_is_null_and_never_none_or_never(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    for action in (GENERATE, "iam:GetLoginProfile", "iam:GetAccessKeyLastUsed", "iam:ListMFADevices"):
        aws.faults.deny(action)
    snapshot = complete(read(connect(aws, account)))
    for name in ("alice", "dave"):
        assert login(snapshot, name)["has_password"] is None
        assert user(snapshot, name)["mfa_enabled"] is None
    assert {(key["last_used_state"], key["last_used_at"]) for key in rows(snapshot, "access_keys")} == {
        ("unknown", None)
    }


def test_a_denial_outside_the_nine_costs_a_sample_and_of_the_nine_one_for_each_user(
    aws: Emulator, account: EmulatedAccount
) -> None:
    full_account(account)
    for number in range(40):
        account.key(account.user(f"user-{number}"))
    for action in (BULK, GENERATE, *(READ_ACTIONS.keys() - MINIMAL), "iam:GetLoginProfile"):
        aws.faults.deny(action)
    complete(read(connect(aws, account)))
    assert aws.log.count("iam:GetLoginProfile", error_code="AccessDenied") == 44
    for action in READ_ACTIONS.keys() - MINIMAL:
        assert aws.log.count(action) <= SAMPLE, action
    assert aws.log.count("iam:GetAccessKeyLastUsed") == SAMPLE


def test_a_denial_for_one_user_leaves_the_others_known(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    carol = "arn:aws:iam::111122223333:user/carol"
    aws.faults.deny("iam:ListAccessKeys", resource=carol)
    aws.faults.deny("iam:GetLoginProfile", resource=carol)
    aws.faults.deny(GENERATE)
    snapshot = complete(read(connect(aws, account)))
    assert gaps(snapshot) == {
        ("users", "access_keys_gap", "iam:ListAccessKeys denied"),
        ("login_profiles", "login_profile_gap", "iam:GetLoginProfile denied"),
    }
    assert user(snapshot, "carol")["access_keys_gap"] == "iam:ListAccessKeys denied"
    assert user(snapshot, "alice")["access_keys_gap"] is None
    assert login(snapshot, "carol")["has_password"] is None
    assert login(snapshot, "bob")["has_password"] is True
    assert len(keys(snapshot, "alice")) == 1
    assert outcomes(snapshot)["iam:ListAccessKeys"] == "denied"
    line = next(one for one in snapshot.coverage if one.action == "iam:ListAccessKeys")
    assert (line.calls, line.rows) == (4, 1)


def test_a_denied_list_of_users_makes_a_failed_attempt(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    aws.faults.deny("iam:ListUsers")
    snapshot = read(connect(aws, account))
    (problem,) = snapshot.problems
    assert (snapshot.status, dict(snapshot.tables), problem.code) == ("failed", {}, "read_denied")
    assert problem.message.startswith("Not authorized to perform iam:ListUsers")
    assert "IAMReadOnlyAccess" in problem.remedy
    assert '"Action": "iam:ListUsers"' in problem.remedy
    assert outcomes(snapshot)["iam:ListUsers"] == "denied"


def test_a_role_with_no_permission_at_all_is_a_failed_attempt(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    snapshot = read(connect(aws, account, []))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "read_denied")
