"""What goes wrong while connecting is told with its fix; nothing is saved, and the external ID goes on waiting."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pipeline.aws import probe
from pipeline.connections.yaml_file import add_connections
from pipeline.demo.emulator import EmulatedAccount, Emulator, trust_policy
from pipeline.home import Home
from pipeline.onboarding import pending
from tests.integration.cli.connect.conftest import ACCOUNT, ROLE
from tests.integration.cli.running import Ran

Certify = Callable[..., Ran]
ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"


@pytest.fixture
def waiting(certify: Certify, home: Home, aws: Emulator) -> str:
    """The external ID of `production`, made by the first run."""
    assert certify("connect", "aws", "production").code == 0
    found = pending.find(home, "production")
    assert found is not None
    return found.external_id


def nothing_saved(home: Home, external_id: str) -> bool:
    found = pending.find(home, "production")
    return not home.connections_file.exists() and found is not None and found.external_id == external_id


def problem(ran: Ran) -> dict[str, str]:
    document = json.loads(ran.out)
    assert document["exit_code"] == ran.code
    first: dict[str, str] = document["problems"][0]
    return first


def finish(certify: Certify, arn: str = ARN, *more: str) -> Ran:
    return certify("connect", "aws", "production", "--role-arn", arn, "--json", *more)


@pytest.mark.promise("P16")
def test_an_external_id_that_aws_does_not_prove_is_saved_only_on_demand_and_fails_a_check(
    certify: Certify, home: Home, aws: Emulator, account: EmulatedAccount, waiting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Undecided is not passed: a throttled probe let the connection be saved as if it had been proven."""
    account.role(ROLE, trust_principal=aws.hub_arn, external_id=waiting)
    monkeypatch.setattr(probe, "PAUSES", (0.0,))
    aws.faults.answer("sts:AssumeRole", "Throttling", after=1)
    ran = finish(certify)
    assert (ran.code, problem(ran)["code"]) == (4, "external_id_unproven")
    assert nothing_saved(home, waiting)
    aws.faults.clear()
    aws.faults.answer("sts:AssumeRole", "Throttling", after=1)
    assert finish(certify, ARN, "--accept-unproven-external-id").code == 0
    assert "external_id_proven: false" in home.connections_file.read_text()


def test_wrong_principal(certify: Certify, home: Home, aws: Emulator, account: EmulatedAccount, waiting: str) -> None:
    account.role(ROLE, trust_principal="arn:aws:iam::999988887777:role/somebody", external_id=waiting)
    ran = finish(certify)
    assert (ran.code, problem(ran)["code"]) == (4, "assume_role_denied")
    assert problem(ran)["message"].startswith("AccessDenied on AssumeRole: the trust policy's principal or external ID")
    assert aws.hub_arn in problem(ran)["remedy"]
    assert "certify connect show production --reveal" in problem(ran)["remedy"]
    assert "allow it sts:AssumeRole" in problem(ran)["remedy"]
    policy = home.exports / "connect" / "production" / "trust-policy.json"
    assert f"The trust policy its role must have: {policy}" in ran.err
    assert nothing_saved(home, waiting)


@pytest.mark.promise("P32")
def test_wrong_external_id(certify: Certify, home: Home, aws: Emulator, account: EmulatedAccount, waiting: str) -> None:
    account.role(ROLE, trust_principal=aws.hub_arn, external_id="cc-of-another-connection")
    ran = finish(certify)
    assert (ran.code, problem(ran)["code"]) == (4, "assume_role_denied")
    assert nothing_saved(home, waiting)
    account.role_trust(ROLE, trust_policy([aws.hub_arn], waiting))
    assert finish(certify).code == 0  # fixed, and with the same external ID


def test_no_such_role(certify: Certify, home: Home, account: EmulatedAccount, waiting: str) -> None:
    ran = finish(certify)
    assert (ran.code, problem(ran)["code"]) == (4, "assume_role_denied")
    assert "no such role exists" in problem(ran)["message"]
    assert nothing_saved(home, waiting)


@pytest.mark.promise("P32")
@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        ("arn:aws:iam::11112222333:role/R", "11 characters"),
        ("CertificationCenterReadOnly", "not an ARN"),
        (f"arn:aws:iam::{ACCOUNT}:user/alice", "user"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/R/s", "session"),
        (f"arn:aws:iam::{ACCOUNT}:root", "root"),
    ],
    ids=["eleven digits", "a name", "a user", "a session", "the root user"],
)
def test_bad_arn(certify: Certify, home: Home, aws: Emulator, waiting: str, arn: str, reason: str) -> None:
    aws.log.clear()
    ran = finish(certify, arn)
    assert (ran.code, problem(ran)["code"]) == (2, "invalid_role_arn")
    assert reason in problem(ran)["message"]
    assert "copy it from the AWS console" in problem(ran)["remedy"]
    assert list(aws.log) == []
    assert nothing_saved(home, waiting)


def test_account_that_is_connected_already(
    certify: Certify, home: Home, aws: Emulator, account: EmulatedAccount
) -> None:
    add_connections(home, [{"name": "first", "kind": "aws_iam", "role_arn": ARN, "external_id": "cc-first"}])
    ran = finish(certify)
    assert (ran.code, problem(ran)["code"]) == (2, "account_connected_twice")
    assert "'first'" in problem(ran)["message"]


def test_another_account_than_the_roles_own(certify: Certify, home: Home, aws: Emulator, waiting: str) -> None:
    aws.account("444455556666").role(ROLE, trust_principal=aws.hub_arn, external_id=waiting)
    ran = finish(certify)  # the ARN names 111122223333, where no such role is
    assert (ran.code, problem(ran)["code"]) == (4, "assume_role_denied")
    assert nothing_saved(home, waiting)


@pytest.mark.promise("P32")
def test_denied_list_users(certify: Certify, home: Home, aws: Emulator, account: EmulatedAccount, waiting: str) -> None:
    account.role(ROLE, trust_principal=aws.hub_arn, external_id=waiting, policy=["iam:GetUser"])
    ran = finish(certify)
    assert (ran.code, problem(ran)["code"]) == (4, "read_denied")
    assert problem(ran)["message"].startswith("Not authorized to perform iam:ListUsers")
    assert "IAMReadOnlyAccess" in problem(ran)["remedy"]
    assert nothing_saved(home, waiting)


@pytest.mark.promise("P16")
@pytest.mark.parametrize("trust", ["no condition", "any external ID"])
def test_role_that_does_not_ask_for_the_external_id(
    certify: Certify, home: Home, aws: Emulator, account: EmulatedAccount, waiting: str, trust: str
) -> None:
    policy = trust_policy([aws.hub_arn], None)
    if trust == "any external ID":
        policy["Statement"][0]["Condition"] = {"StringLike": {"sts:ExternalId": "*"}}
    account.role(ROLE, trust=policy)
    ran = finish(certify)
    assert (ran.code, problem(ran)["code"]) == (4, "external_id_not_enforced")
    assert nothing_saved(home, waiting)


def test_name_that_is_taken(certify: Certify, home: Home, aws: Emulator) -> None:
    entry = {"name": "production", "kind": "aws_iam", "role_arn": ARN, "external_id": "cc-first"}
    add_connections(home, [entry])
    before = home.connections_file.read_text()
    for ran in (certify("connect", "aws", "production", "--json"), finish(certify)):
        assert (ran.code, problem(ran)["code"]) == (2, "connection_name_taken")
        assert "rotate-external-id production" in problem(ran)["remedy"]
    assert home.connections_file.read_text() == before
    assert pending.every(home) == []


@pytest.mark.parametrize("name", ["Production", "1st", "a_b", "../../etc", "a" * 42, "prod uction", "--json"])
def test_name_that_cannot_be_one(certify: Certify, home: Home, aws: Emulator, name: str) -> None:
    ran = certify("connect", "aws", "--json", "--", name)
    assert (ran.code, problem(ran)["code"]) == (2, "invalid_connection_name")
    assert not (home.exports / "connect").exists()


@pytest.mark.promise("P16")
def test_external_id_that_is_in_use_elsewhere(certify: Certify, home: Home, aws: Emulator, waiting: str) -> None:
    role = "arn:aws:iam::444455556666:role/R"
    add_connections(home, [{"name": "copied", "kind": "aws_iam", "role_arn": role, "external_id": waiting}])
    for ran in (finish(certify), certify("connect", "aws", "production", "--json")):
        assert (ran.code, problem(ran)["code"]) == (2, "external_id_reused")
        assert "'copied'" in problem(ran)["message"]
        assert waiting not in ran.out + ran.err


def test_role_first_and_external_id_second(
    certify: Certify, home: Home, aws: Emulator, account: EmulatedAccount, applied: Callable[..., str]
) -> None:
    account.role("MyOwnReader", trust_principal=aws.hub_arn, external_id="chosen-by-me")
    arn = f"arn:aws:iam::{ACCOUNT}:role/MyOwnReader"
    ran = finish(certify, arn)
    assert (ran.code, problem(ran)["code"]) == (4, "external_id_not_in_role")
    assert str(home.exports / "connect" / "production" / "trust-policy.json") in problem(ran)["remedy"]
    assert "role=MyOwnReader" in (home.exports / "connect" / "production" / "commands.sh").read_text()
    applied(role="MyOwnReader")
    assert finish(certify, arn).code == 0


def test_no_credentials(certify: Certify, home: Home, aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    ran = certify("connect", "aws", "production", "--json")
    assert (ran.code, problem(ran)["code"]) == (4, "no_aws_credentials")
    assert pending.every(home) == []


def test_credentials_that_aws_does_not_know(
    certify: Certify, home: Home, aws: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIANOBODY0000000000")
    ran = certify("connect", "aws", "production", "--json")
    assert (ran.code, problem(ran)["code"]) == (4, "aws_credentials_rejected")


@pytest.mark.parametrize("principal", ["*", "arn:aws:iam::999988887777:root", "999988887777", "hub"])
def test_principal_that_is_broader_than_one(certify: Certify, home: Home, principal: str) -> None:
    ran = certify("connect", "aws", "production", "--principal", principal, "--json")
    assert (ran.code, problem(ran)["code"]) == (2, "principal_refused")
    assert pending.every(home) == []


@pytest.mark.parametrize("option", [("--role-name", "a b"), ("--organization-id", "mine"), ("--template-url", "x")])
def test_choice_that_aws_would_refuse(certify: Certify, home: Home, aws: Emulator, option: tuple[str, str]) -> None:
    ran = certify("connect", "aws", "production", *option, "--json")
    assert ran.code == 2
    assert option[1] in problem(ran)["message"]
    assert pending.every(home) == []


def test_broken_connections_yaml_is_left_alone(certify: Certify, home: Home, aws: Emulator) -> None:
    home.ensure()
    home.connections_file.write_text("connections: [\n")
    ran = certify("connect", "aws", "production", "--json")
    assert (ran.code, problem(ran)["code"]) == (2, "invalid_file")
    assert home.connections_file.read_text() == "connections: [\n"


def test_folder_that_cannot_be_written(certify: Certify, home: Home, aws: Emulator) -> None:
    home.ensure()
    (home.root / "occupied").write_text("")
    ran = certify("connect", "aws", "production", "--out", str(home.root / "occupied" / "x"), "--json")
    assert (ran.code, problem(ran)["code"]) == (2, "cannot_write")


def test_files_made_against_an_emulator_say_so_in_their_first_line(
    certify: Certify, home: Home, aws: Emulator, account: EmulatedAccount
) -> None:
    """They looked like those of a real account, and trusted a principal that does not exist."""
    ran = certify("connect", "aws", "production")
    assert ran.out.splitlines()[0].startswith(f"EMULATED: made with {aws.endpoint_url} in the place of AWS")
    written = sorted((home.exports / "connect" / "production").iterdir())
    assert len(written) >= 6
    for file in written:
        assert "EMULATED: made with" in file.read_text().splitlines()[0], file
    policy = json.loads((home.exports / "connect" / "production" / "trust-policy.json").read_text())
    assert policy["Statement"]


@pytest.mark.parametrize("service", ["STS", "IAM"])
def test_a_single_service_sent_elsewhere_is_refused(
    certify: Certify, home: Home, aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", aws.endpoint_url)
    ran = certify("connect", "aws", "production")
    assert ran.code == 2
    assert f"AWS_ENDPOINT_URL_{service} sends it to {aws.endpoint_url}" in ran.err
    assert not home.connections_file.exists()
    monkeypatch.setenv("CERTIFY_ALLOW_SERVICE_ENDPOINTS", "1")
    assert certify("connect", "aws", "production").code == 0
