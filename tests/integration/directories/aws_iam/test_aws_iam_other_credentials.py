"""Live credentials beside password and access key: found by every route, unknown where AWS refuses to tell."""

from __future__ import annotations

import pytest

from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.actions import READ_ACTIONS
from pipeline.directories.aws_iam.other_credentials import ALWAYS_ASKED
from pipeline.directories.aws_iam.rights import may_allow
from pipeline.directories.base import Snapshot
from tests.integration.directories.aws_iam.reading import NINE, NOW, ago, complete, connect, gaps, outcomes, read, user

SERVICE = "iam:ListServiceSpecificCredentials"
SSH, CERTIFICATES = "iam:ListSSHPublicKeys", "iam:ListSigningCertificates"
REPORT = ("iam:GenerateCredentialReport", "iam:GetCredentialReport")
HELD = {
    "certificate": "signing certificate",
    "ssh": "SSH public key",
    "git": "service-specific credential of codecommit.amazonaws.com",
    "bedrock": "service-specific credential of bedrock.amazonaws.com",
    "several": "SSH public key, SSH public key, signing certificate",
}
NOTHING_LIVE = ("nothing", "inactive", "expired")


def populate(account: EmulatedAccount) -> None:
    for name in (*HELD, *NOTHING_LIVE, "password", "key"):
        account.user(name, created=ago(400), password_created=ago(300) if name == "password" else None)
    account.key("key", created=ago(300))
    account.certificate("certificate")
    account.ssh_key("ssh")
    account.service_credential("git")
    account.service_credential("bedrock", "bedrock.amazonaws.com", expires=ago(-1))
    for _ in range(2):
        account.ssh_key("several")
    account.certificate("several")
    account.ssh_key("inactive", status="Inactive")
    account.certificate("inactive", status="Inactive")
    account.service_credential("inactive", status="Inactive")
    account.key("inactive", status="Inactive")
    account.service_credential("expired", "bedrock.amazonaws.com", expires=NOW)
    for name in ("password", "key"):
        account.ssh_key(name)


def told(snapshot: Snapshot) -> dict[str, str | None]:
    return {name: user(snapshot, name)["other_credentials"] for name in (*HELD, *NOTHING_LIVE)}


@pytest.mark.parametrize("denied", [(), REPORT, ("iam:GetAccountAuthorizationDetails", *REPORT)])
def test_every_route_finds_the_live_ones(aws: Emulator, account: EmulatedAccount, denied: tuple[str, ...]) -> None:
    populate(account)
    for action in denied:
        aws.faults.deny(action)
    snapshot = complete(read(connect(aws, account), read_tags_per_user=True))
    assert told(snapshot) == {**HELD, **dict.fromkeys(NOTHING_LIVE)}
    counts = {name: user(snapshot, name)["other_credential_count"] for name in (*HELD, *NOTHING_LIVE)}
    assert counts == {**dict.fromkeys(HELD, 1), "several": 3, **dict.fromkeys(NOTHING_LIVE, 0)}
    assert gaps(snapshot) == set()


def test_who_has_a_password_or_an_active_key_is_not_asked_about(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account)
    snapshot = complete(read(connect(aws, account)))
    for name in ("password", "key"):
        assert (user(snapshot, name)["other_credential_count"], user(snapshot, name)["other_credentials_gap"]) == (
            None,
            None,
        )
    assert aws.log.count(SERVICE) == 1
    assert aws.log.count(CERTIFICATES) == 0, "the credential report has them"
    assert aws.log.count(SSH) == len(HELD) + len(NOTHING_LIVE)


def test_nothing_is_asked_where_everybody_has_a_password(aws: Emulator, account: EmulatedAccount) -> None:
    account.user("alice", password_created=ago(3))
    complete(read(connect(aws, account)))
    assert [aws.log.count(action) for action in (SERVICE, SSH, CERTIFICATES)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("denied", "gap"),
    [
        ([SERVICE], f"{SERVICE} denied"),
        ([SSH], f"{SSH} denied"),
        ([*REPORT, CERTIFICATES], f"{CERTIFICATES} denied"),
        ([SERVICE, SSH], f"{SERVICE} denied; {SSH} denied"),
    ],
)
def test_a_denied_listing_makes_them_unknown_and_never_none(
    aws: Emulator, account: EmulatedAccount, denied: list[str], gap: str
) -> None:
    populate(account)
    for action in denied:
        aws.faults.deny(action)
    snapshot = complete(read(connect(aws, account)))
    assert gaps(snapshot) == {("users", "other_credentials_gap", gap)}
    for name in (*HELD, *NOTHING_LIVE):
        assert user(snapshot, name)["other_credential_count"] is None
    assert outcomes(snapshot)[denied[-1]] == "denied"


def test_the_nine_actions_leave_them_unknown(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account)
    snapshot = complete(read(connect(aws, account, NINE)))
    gap = user(snapshot, "nothing")["other_credentials_gap"]
    assert gap == f"{SERVICE} denied; {SSH} denied; {CERTIFICATES} denied"


def test_one_refused_user_alone_is_unknown(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account)
    aws.faults.deny(SSH, resource="*:user/ssh")
    snapshot = complete(read(connect(aws, account)))
    assert user(snapshot, "ssh")["other_credentials_gap"] == f"{SSH} denied"
    assert told(snapshot) == {**HELD, "ssh": None, **dict.fromkeys(NOTHING_LIVE)}


def test_a_throttled_listing_makes_them_unknown(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account)
    aws.faults.answer(SERVICE, "AccessDenied", status=403, message="no")
    aws.faults.answer(SSH, "InternalFailure", status=400)
    snapshot = complete(read(connect(aws, account)))
    assert {gap for _, _, gap in gaps(snapshot)} == {f"{SERVICE} denied; {SSH} failed"}


def test_an_iam_that_cannot_list_all_users_is_asked_user_by_user(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account)
    message = "Must specify userName when calling with non-User credentials"
    aws.faults.answer(SERVICE, "ValidationError", message=message, times=1)
    snapshot = complete(read(connect(aws, account)))
    assert told(snapshot) == {**HELD, **dict.fromkeys(NOTHING_LIVE)}
    assert aws.log.count(SERVICE) == 1 + len(HELD) + len(NOTHING_LIVE)


def test_an_endpoint_without_the_operation_leaves_them_unknown_and_never_none(
    aws: Emulator, account: EmulatedAccount
) -> None:
    populate(account)
    aws.faults.answer(SERVICE, "InvalidAction")
    snapshot = complete(read(connect(aws, account)))
    assert gaps(snapshot) == {("users", "other_credentials_gap", f"{SERVICE} failed")}
    assert {user(snapshot, name)["other_credential_count"] for name in (*HELD, *NOTHING_LIVE)} == {None}


def test_pages_of_service_specific_credentials_are_followed_to_the_last(
    aws: Emulator, account: EmulatedAccount
) -> None:
    populate(account)
    for number in range(5):
        account.service_credential(account.user(f"service-{number}"))
    aws.faults.page_size(2)
    snapshot = complete(read(connect(aws, account)))
    assert {user(snapshot, f"service-{number}")["other_credential_count"] for number in range(5)} == {1}


def test_certificates_of_an_older_report_carry_its_instant(aws: Emulator, account: EmulatedAccount) -> None:
    populate(account)
    account.generate_report(ago(1 / 12))
    snapshot = complete(read(connect(aws, account)))
    assert user(snapshot, "certificate")["other_credentials_evidence_as_of"] == ago(1 / 12).replace(tzinfo=None)
    fresh = complete(read(connect(aws, account), fresh=True))
    assert user(fresh, "certificate")["other_credentials_evidence_as_of"] == NOW.replace(tzinfo=None)


def test_in_a_large_account_only_users_an_ssh_key_could_serve_are_asked_about(
    aws: Emulator, account: EmulatedAccount
) -> None:
    account.group("developers")
    account.inline_policy("developers", "code", ["codecommit:GitPull"], group=True)
    account.group("readers")
    account.attach("readers", "AmazonS3ReadOnlyAccess", group=True)
    for number in range(ALWAYS_ASKED + 5):
        account.user(f"user-{number}", groups=["developers" if number < 3 else "readers"])
    account.attach("user-3", "AdministratorAccess")
    account.ssh_key("user-0")
    snapshot = complete(read(connect(aws, account)))
    assert aws.log.count(SSH) == 4
    assert user(snapshot, "user-0")["other_credentials"] == "SSH public key"
    assert user(snapshot, "user-9")["other_credential_count"] == 0
    assert gaps(snapshot) == set()


@pytest.mark.parametrize(
    ("statement", "may"),
    [
        ('{"Effect": "Allow", "Action": "*"}', True),
        ('{"Effect": "Allow", "Action": ["s3:*", "CodeCommit:GitPush"]}', True),
        ('{"Effect": "Allow", "Action": "code*:*"}', True),
        ('{"Effect": "Allow", "Action": "s3:*"}', False),
        ('{"Effect": "Deny", "Action": "*"}', False),
        ('{"Effect": "Allow", "NotAction": "iam:*"}', True),
        ('{"Effect": "Allow", "NotAction": ["codecommit:*", "iam:*"]}', False),
        ('{"Effect": "Allow"}', True),
        ("nonsense", True),
    ],
)
def test_a_policy_may_allow_whatever_it_does_not_rule_out(statement: str, may: bool) -> None:
    assert may_allow("codecommit", f'{{"Statement": {statement}}}') is may
    assert may_allow("codecommit", f'{{"Statement": [{statement}]}}') is may


def test_each_new_action_is_on_the_read_list() -> None:
    assert {SERVICE, SSH, CERTIFICATES} <= READ_ACTIONS.keys()
