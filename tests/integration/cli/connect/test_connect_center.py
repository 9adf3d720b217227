"""`certify connect identity-center`: the same wizard, for the directory of an organization."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pipeline.connections.external_id import OURS
from pipeline.connections.models import AwsIdentityCenterConnection
from pipeline.connections.yaml_file import load_connections
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_identity_center.actions import CENTER_ACTIONS
from pipeline.home import Home
from pipeline.onboarding import pending
from tests.integration.cli.connect.conftest import ACCOUNT
from tests.integration.cli.connect.test_connect import FILES
from tests.integration.cli.running import Ran
from tests.integration.directories.aws_identity_center.centers import company

Certify = Callable[..., Ran]
ROLE = "CertificationCenterDirectory"
BEGIN = ("connect", "identity-center", "workforce", "--region", "eu-central-1")


@pytest.fixture
def center(aws: Emulator, account: EmulatedAccount) -> EmulatedAccount:
    """The management account, with an Identity Center in it."""
    company(aws)
    return account


def document(ran: Ran) -> dict[str, object]:
    found: dict[str, object] = json.loads(ran.out)
    assert found["exit_code"] == ran.code
    return found


def problem(ran: Ran) -> dict[str, str]:
    [first, *_] = document(ran)["problems"]  # type: ignore[misc]
    return dict(first)


def finish(certify: Certify, arn: str, *more: str) -> Ran:
    return certify("connect", "identity-center", "workforce", "--role-arn", arn, "--json", *more)


def apply(applied: Callable[..., str], size: str = "recommended") -> str:
    return applied("workforce", size, role=ROLE)


def test_three_commands_lead_to_a_directory_that_can_be_read(
    certify: Certify, home: Home, center: EmulatedAccount, applied: Callable[..., str]
) -> None:
    made = certify(*BEGIN)
    assert made.code == 0
    assert "certify connect identity-center workforce --role-arn" in made.err
    assert "the organization's management account" in made.err
    done = finish(certify, apply(applied))
    assert (done.code, document(done)["saved"]) == (0, True), done.err
    assert (document(done)["allowed_actions"], document(done)["denied_actions"]) == (len(CENTER_ACTIONS), [])
    [connection] = load_connections(home, {})
    assert isinstance(connection, AwsIdentityCenterConnection)
    assert (connection.region, connection.role_arn) == ("eu-central-1", f"arn:aws:iam::{ACCOUNT}:role/{ROLE}")
    assert connection.external_id.get_secret_value() in made.out
    assert pending.every(home) == []
    assert certify("test", "workforce").code == 0


def test_its_files_ask_for_the_reads_of_identity_center_and_for_nothing_of_iam(
    certify: Certify, home: Home, aws: Emulator, center: EmulatedAccount
) -> None:
    made = document(certify(*BEGIN, "--json"))
    folder = home.exports / "connect" / "workforce"
    assert {path.name for path in folder.iterdir()} == FILES
    [trust] = json.loads((folder / "trust-policy.json").read_text())["Statement"]
    assert trust["Principal"] == {"AWS": aws.hub_arn}
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": made["external_id"]}}
    [reads, *key] = json.loads((folder / "permission-policy-recommended.json").read_text())["Statement"]
    assert reads["Action"] == sorted(CENTER_ACTIONS)
    assert {(each["Action"], each["Condition"]["StringLike"]["kms:ViaService"]) for each in key} == {
        ("kms:Decrypt", "sso.*.amazonaws.com"),
        ("kms:Decrypt", "identitystore.*.amazonaws.com"),
    }
    for name in ("role.cfn.yaml", "role.tf", "README.txt"):
        text = (folder / name).read_text()
        assert all(action in text for action in CENTER_ACTIONS), name
        assert "iam:" not in text.replace("arn:aws:iam:", "").replace(":iam::", ""), name
    assert (
        f"certify connect identity-center workforce --role-arn arn:aws:iam::ACCOUNT_ID:role/{ROLE}"
        in (folder / "README.txt").read_text()
    )
    assert "AWSSSOReadOnly arn:aws:iam::aws:policy/AWSSSODirectoryReadOnly" in (folder / "commands.sh").read_text()


def test_the_external_id_is_made_here_and_never_chosen(certify: Certify, home: Home, center: EmulatedAccount) -> None:
    first, again = document(certify(*BEGIN, "--json")), document(certify(*BEGIN, "--json"))
    assert OURS.fullmatch(str(first["external_id"]))
    assert again["external_id"] == first["external_id"]
    assert document(certify("connect", "aws", "production", "--json"))["external_id"] != first["external_id"]
    for command in ("identity-center", "aws_identity_center"):
        assert "--external-id" not in certify("connect", command, "--help").out
        assert certify("connect", command, "workforce", "--external-id", "mine").code == 2
    assert str(first["external_id"]) not in certify("connect", "list", "--json").out


@pytest.mark.parametrize(
    ("size", "closed"),
    [("managed", set()), ("minimal", set(CENTER_ACTIONS) - {"sso:ListInstances", "identitystore:ListUsers"})],
)
def test_other_sizes_make_a_usable_connection_and_say_what_they_hide(
    certify: Certify, center: EmulatedAccount, applied: Callable[..., str], size: str, closed: set[str]
) -> None:
    certify(*BEGIN)
    told = document(finish(certify, apply(applied, size)))
    assert told["saved"] is True
    assert set(json.loads(str(told["statement"] or '{"Action": []}'))["Action"]) == closed
    hidden = told["not_judged"]
    assert isinstance(hidden, list)
    assert ("who reaches which account as what" in hidden) is (size == "minimal")
    assert len(hidden) == len(set(hidden))


def test_a_role_that_does_not_enforce_it_is_not_saved(certify: Certify, home: Home, center: EmulatedAccount) -> None:
    certify(*BEGIN)
    trust = json.loads((home.exports / "connect" / "workforce" / "trust-policy.json").read_text())
    del trust["Statement"][0]["Condition"]
    arn = center.role(ROLE, trust=trust, policy=sorted(CENTER_ACTIONS))
    ran = finish(certify, arn)
    assert (ran.code, problem(ran)["code"]) == (4, "external_id_not_enforced")
    assert not home.connections_file.exists()
    assert pending.find(home, "workforce") is not None


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "--region"),
        (["--region", "Frankfurt"], "'Frankfurt' is not a region of AWS"),
        (["--region", "eu-central-1", "--instance-arn", "ssoins-1"], "'ssoins-1' is not the ARN of an instance"),
    ],
)
def test_a_choice_aws_would_not_take_is_refused_before_anything_is_made(
    certify: Certify, home: Home, center: EmulatedAccount, options: list[str], says: str
) -> None:
    ran = certify("connect", "identity-center", "workforce", *options, "--json")
    assert (ran.code, problem(ran)["code"]) == (2, "invalid_pattern")
    assert says in problem(ran)["message"]
    assert pending.every(home) == []


def test_one_name_one_kind_and_one_directory_once(
    certify: Certify, home: Home, center: EmulatedAccount, applied: Callable[..., str]
) -> None:
    certify(*BEGIN)
    ran = certify("connect", "aws", "workforce", "--json")
    assert (ran.code, problem(ran)["code"]) == (2, "connection_name_taken")
    arn = apply(applied)
    assert finish(certify, arn).code == 0
    certify("connect", "identity-center", "again", "--region", "eu-central-1")
    ran = certify("connect", "identity-center", "again", "--role-arn", arn, "--json")
    assert (ran.code, problem(ran)["code"]) == (2, "account_connected_twice")
    certify("connect", "aws", "production")  # the users of the same account are another directory
    assert certify("connect", "aws", "production", "--role-arn", applied()).code == 0
    assert [each.kind for each in load_connections(home, {})] == ["aws_identity_center", "aws_iam"]


def test_what_waits_is_listed_as_what_it_will_be_and_the_organization_lets_it_wait(
    certify: Certify, home: Home, center: EmulatedAccount
) -> None:
    certify(*BEGIN)
    [row] = json.loads(certify("connect", "list", "--json").out)["connections"]
    assert (row["kind"], row["state"]) == ("aws_identity_center", "waiting")
    shown = json.loads(certify("connect", "show", "workforce", "--json").out)["connection"]
    assert (shown["kind"], shown["region"]) == ("aws_identity_center", "eu-central-1")


def test_its_external_id_is_rotated_without_a_gap(
    certify: Certify, home: Home, center: EmulatedAccount, applied: Callable[..., str]
) -> None:
    certify(*BEGIN)
    assert finish(certify, apply(applied)).code == 0
    rotate = ("connect", "rotate-external-id", "workforce", "--json")
    assert document(certify(*rotate))["switched"] is False
    apply(applied)
    assert document(certify(*rotate))["switched"] is True
    apply(applied)
    assert certify("test", "workforce").code == 0
    [reads, *_] = json.loads((home.exports / "connect/workforce/permission-policy-minimal.json").read_text())[
        "Statement"
    ]
    assert reads["Action"] == ["identitystore:ListUsers", "sso:ListInstances"]
