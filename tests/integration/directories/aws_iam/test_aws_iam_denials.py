"""Which policy refused a read: AWS's own sentences, each with the fix that helps."""

from __future__ import annotations

import pytest

from pipeline.aws.denials import Denial
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.reader import AWS_IAM
from tests.integration.directories.aws_iam.accounts import full_account
from tests.integration.directories.aws_iam.reading import complete, connect, gaps, read

ROLE = "arn:aws:sts::111122223333:assumed-role/Reader0/certify-test-run"
SENTENCE = f"User: {ROLE} is not authorized to perform: iam:ListAccessKeys on resource: user alice"
SCP_ARN = "arn:aws:organizations::987654321098:policy/o-qv5af4abcd/service_control_policy/p-2kgnabcd"

REASONS = [
    # reason, gap's end, catalogue code, words of the fix
    ("", "", "read_denied", "attach IAMReadOnlyAccess"),
    ("because no identity-based policy allows the iam:ListAccessKeys action", "", "read_denied", "attach IAMReadOnly"),
    ("with an explicit deny", " by an explicit deny", "read_denied_explicitly", "statement with Effect Deny"),
    (
        "with an explicit deny in an identity-based policy",
        " by an identity-based policy",
        "read_denied_explicitly",
        "statement with Effect Deny",
    ),
    (
        "because no permissions boundary allows the iam:ListAccessKeys action",
        " by a permissions boundary",
        "read_denied_by_boundary",
        "let the permissions boundary of the role allow iam:ListAccessKeys",
    ),
    (
        "with an explicit deny in a permissions boundary",
        " by a permissions boundary",
        "read_denied_by_boundary",
        "take the boundary off",
    ),
    (
        "because no service control policy allows the iam:ListAccessKeys action",
        " by a service control policy",
        "read_denied_by_scp",
        "management account",
    ),
    (
        f"with an explicit deny in a service control policy: {SCP_ARN}",
        " by a service control policy",
        "read_denied_by_scp",
        "management account",
    ),
    (
        "with an explicit deny in a resource control policy",
        " by a resource control policy",
        "read_denied_by_rcp",
        "resource control policy",
    ),
    (
        "because no session policy allows the iam:ListAccessKeys action",
        " by a session policy",
        "read_denied_by_session_policy",
        "please report it",
    ),
    (
        "because no VPC endpoint policy allows the iam:ListAccessKeys action",
        " by a VPC endpoint policy",
        "read_denied_by_endpoint",
        "let the VPC endpoint policy allow",
    ),
    (
        "because no resource-based policy allows the iam:ListAccessKeys action",
        " by a resource-based policy",
        "read_denied_by_resource_policy",
        "resource-based policy",
    ),
]


@pytest.mark.parametrize(("reason", "by", "code", "fix"), REASONS)
def test_each_wording_of_aws_is_read_and_has_its_own_fix(reason: str, by: str, code: str, fix: str) -> None:
    denial = Denial.from_message(f"{SENTENCE} {reason}")
    assert denial.by == by
    assert denial.code == ("" if code == "read_denied" else code)
    assert denial.policy_arn == (SCP_ARN if SCP_ARN in reason else "")


@pytest.mark.parametrize(("reason", "by", "code", "fix"), REASONS)
def test_the_fix_in_tables_coverage_and_test_is_that_of_the_policy_which_refused(
    aws: Emulator, account: EmulatedAccount, reason: str, by: str, code: str, fix: str
) -> None:
    full_account(account)
    aws.faults.deny("iam:ListAccessKeys", reason=reason)
    connection = connect(aws, account)
    snapshot = complete(read(connection))
    assert gaps(snapshot) == {("users", "access_keys_gap", f"iam:ListAccessKeys denied{by}")}
    (line,) = [one for one in snapshot.coverage if one.outcome == "denied"]
    assert fix in line.remedy
    (step,) = [one for one in AWS_IAM.test(connection) if one.name == "iam:ListAccessKeys"]
    assert step.problem is not None
    assert step.problem.code == code
    assert step.problem.message.startswith("Not authorized to perform iam:ListAccessKeys")
    assert fix in step.fix
    assert ("IAMReadOnlyAccess" in step.fix) == (code == "read_denied"), "attaching a policy helps only where one lacks"


def test_a_list_of_users_an_organization_forbids_says_so(aws: Emulator, account: EmulatedAccount) -> None:
    aws.faults.deny("iam:ListUsers", reason=f"with an explicit deny in a service control policy: {SCP_ARN}")
    snapshot = read(connect(aws, account))
    (problem,) = snapshot.problems
    assert (snapshot.status, problem.code, problem.action) == ("failed", "read_denied_by_scp", "iam:ListUsers")
    assert SCP_ARN in problem.message
    assert "nothing attached to the role in its own account overrides it" in problem.remedy


def test_a_long_message_does_not_lose_its_reason() -> None:
    path = "/".join(["department"] * 50)
    user = f"User: arn:aws:sts::1:assumed-role/{path}"
    reason = "with an explicit deny in a service control policy"
    denial = Denial.from_message(f"{user} is not authorized to perform: iam:GetUser on resource: user x {reason}")
    assert denial.by == " by a service control policy"


def test_kms_is_told_by_the_action_refused_or_by_the_reason_field() -> None:
    assert Denial.from_message(
        "User: x is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:..."
    ).is_of_key
    assert Denial.from_message("Access denied", "KMS_ACCESS_DENIED").is_of_key
    assert not Denial.from_message(SENTENCE).is_of_key


@pytest.mark.parametrize(
    ("reason", "code", "words"),
    [
        ("", "assume_role_denied", "does not match the connection"),
        ("because no role trust policy allows the sts:AssumeRole action", "assume_role_denied", "does not match"),
        ("because no identity-based policy allows the sts:AssumeRole action", "assume_role_denied", "does not match"),
        (
            f"with an explicit deny in a service control policy: {SCP_ARN}",
            "assume_role_denied_by_policy",
            f"a service control policy ({SCP_ARN}) denies sts:AssumeRole on arn:aws:iam::111122223333:role/",
        ),
        (
            "because no permissions boundary allows the sts:AssumeRole action",
            "assume_role_denied_by_policy",
            "a permissions boundary does not allow sts:AssumeRole",
        ),
    ],
)
def test_a_role_that_a_policy_forbids_to_assume_is_not_blamed_on_its_trust(
    aws: Emulator, account: EmulatedAccount, reason: str, code: str, words: str
) -> None:
    sentence = f"User: {aws.hub_arn} is not authorized to perform: sts:AssumeRole on resource: x {reason}"
    aws.faults.answer("sts:AssumeRole", "AccessDenied", status=403, message=sentence)
    snapshot = read(connect(aws, account))
    (problem,) = snapshot.problems
    assert (snapshot.status, problem.code) == ("failed", code)
    assert problem.message.startswith("AccessDenied on AssumeRole")
    assert words in problem.message
