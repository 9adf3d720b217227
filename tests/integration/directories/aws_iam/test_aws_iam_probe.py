"""`certify test`: one step for each thing that must work, each failure with its fix."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from pipeline.aws import probe as role_probe
from pipeline.connections.models import AwsIamConnection
from pipeline.demo.emulator import EmulatedAccount, Emulator, trust_policy
from pipeline.directories.aws_iam.actions import MINIMAL, READ_ACTIONS, READ_ONLY_SESSION_POLICY, RECOMMENDED
from pipeline.directories.aws_iam.reader import AWS_IAM
from pipeline.progress import Step
from tests.integration.directories.aws_iam.accounts import full_account
from tests.integration.directories.aws_iam.reading import NINE, complete, connect, read

BEFORE_READS = ["configuration", "connector credentials", "assume role", "external ID enforced"]


def steps(connection: AwsIamConnection) -> dict[str, Step]:
    taken = list(AWS_IAM.test(connection))
    assert len({step.name for step in taken}) == len(taken)
    return {step.name: step for step in taken}


def failed(taken: dict[str, Step]) -> list[str]:
    return [step.name for step in taken.values() if step.outcome == "failed"]


def test_a_good_connection_passes_every_step(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    taken = steps(connect(aws, account))
    assert list(taken) == BEFORE_READS + list(READ_ACTIONS)
    assert {step.outcome for step in taken.values()} == {"ok"}
    assert f"AWS knows this program as {aws.hub_arn}" in taken["connector credentials"].detail
    assert "a sample of 4, alice among them" in taken["iam:ListUsers"].detail
    assert {name for name, step in taken.items() if step.required} == {*BEFORE_READS[:3], "iam:ListUsers"}


def test_a_test_is_short_and_writes_nothing(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    steps(connect(aws, account))
    assert aws.log.count() <= len(READ_ACTIONS) + 8
    assert {call.action for call in aws.log if call.service == "iam"} == set(READ_ACTIONS)
    assert {call.session_policy for call in aws.log.matching("sts:AssumeRole")} == {READ_ONLY_SESSION_POLICY}


@pytest.mark.parametrize("action", READ_ACTIONS)
def test_a_denied_action_is_named_with_what_it_hides_and_how_to_allow_it(
    aws: Emulator, account: EmulatedAccount, action: str
) -> None:
    full_account(account)
    aws.faults.deny(action)
    taken = steps(connect(aws, account))
    step = taken[action]
    if READ_ACTIONS[action].spared_by:
        assert (step.outcome, failed(taken)) == ("ok", [])
        assert step.detail == f"denied, and not needed while {READ_ACTIONS[action].spared_by} is allowed"
        return
    assert failed(taken) == [action]
    assert step.detail.startswith(f"Not authorized to perform {action}")
    assert READ_ACTIONS[action].needed_for in step.detail
    assert f'{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}' in step.fix
    assert step.problem is not None
    assert step.problem.code == "read_denied"
    assert step.required == (action == "iam:ListUsers")


def test_the_recommended_permissions_pass_and_the_minimal_ones_name_the_rest(
    aws: Emulator, account: EmulatedAccount
) -> None:
    full_account(account)
    assert failed(steps(connect(aws, account, sorted(RECOMMENDED)))) == []
    lacking = failed(steps(connect(aws, account, NINE)))
    assert set(lacking) == READ_ACTIONS.keys() - MINIMAL


def test_a_wrong_external_id_ends_the_test_where_it_fails(aws: Emulator, account: EmulatedAccount) -> None:
    taken = steps(connect(aws, account, external_id="cc-another"))
    assert list(taken) == BEFORE_READS[:3]
    step = taken["assume role"]
    assert (step.outcome, step.required) == ("failed", True)
    assert step.detail.startswith("AccessDenied on AssumeRole")
    assert aws.hub_arn in step.fix


@pytest.mark.promise("P16")
@pytest.mark.parametrize("how", ["no condition", "any value"])
def test_a_role_that_does_not_enforce_the_external_id_is_a_failed_step(
    aws: Emulator, account: EmulatedAccount, how: str
) -> None:
    full_account(account)
    trust = trust_policy([aws.hub_arn], None)
    if how == "any value":
        trust["Statement"][0]["Condition"] = {"StringLike": {"sts:ExternalId": "*"}}
    taken = steps(connect(aws, account, trust=trust))
    step = taken["external ID enforced"]
    assert step.outcome == "failed"
    assert step.detail.startswith("The trust policy does not require the external ID")
    assert ("without an external ID" if how == "no condition" else "with any external ID") in step.detail
    assert '"sts:ExternalId"' in step.fix
    assert taken["iam:ListUsers"].outcome == "ok", "the reads are tried all the same"


def test_a_throttled_probe_of_the_external_id_is_repeated(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_account(account)
    monkeypatch.setattr(role_probe, "PAUSES", (0.0, 0.0, 0.0))
    aws.faults.answer("sts:AssumeRole", "Throttling", after=1, times=7)
    assert steps(connect(aws, account))["external ID enforced"].outcome == "ok"


@pytest.mark.promise("P16")
def test_an_undecided_probe_is_not_passed(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_account(account)
    monkeypatch.setattr(role_probe, "PAUSES", (0.0,))
    aws.faults.answer("sts:AssumeRole", "Throttling", after=1)
    step = steps(connect(aws, account))["external ID enforced"]
    assert (step.outcome, step.problem and step.problem.code) == ("not_tried", "external_id_unproven")
    assert "--accept-unproven-external-id" in step.fix


def test_a_connection_saved_unproven_is_probed_by_every_read(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_account(account)
    monkeypatch.setattr(role_probe, "PAUSES", (0.0,))
    unproven = connect(aws, account).model_copy(update={"external_id_proven": False})
    assert complete(read(unproven)).problems == []
    aws.faults.answer("sts:AssumeRole", "Throttling", after=1)
    [problem] = complete(read(unproven)).problems
    assert problem.code == "external_id_unproven"


def test_a_bad_arn_and_missing_credentials_end_the_test_early(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = "arn:aws:iam::111122223333:user/alice"
    bad = AwsIamConnection.model_construct(name="bad", kind="aws_iam", role_arn=user, external_id=SecretStr("cc-1"))
    taken = steps(bad)
    assert list(taken) == ["configuration"]
    assert taken["configuration"].detail.startswith("Invalid role ARN")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    taken = steps(connect(aws, account))
    assert list(taken) == BEFORE_READS[:2]
    assert taken["connector credentials"].problem is not None
    assert taken["connector credentials"].problem.code == "no_aws_credentials"


def test_an_empty_account_is_told_apart_from_a_denied_one(aws: Emulator, account: EmulatedAccount) -> None:
    taken = steps(connect(aws, account))
    assert failed(taken) == ["iam:ListUsers"]
    assert taken["iam:ListUsers"].detail.startswith("No users returned")
    assert taken["iam:GetUser"].detail == "allowed", "AWS says NoSuchEntity only to those who may ask"
    assert taken["iam:GetAccessKeyLastUsed"].outcome == "not_tried"


def test_a_report_that_is_not_ready_is_still_allowed(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    aws.faults.report(state="limit_exceeded")
    taken = steps(connect(aws, account))
    assert failed(taken) == []
    assert taken["iam:GenerateCredentialReport"].detail == "allowed (LimitExceeded)"


def test_one_user_that_is_refused_is_no_missing_permission(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    aws.faults.deny("iam:*", resource="*:user/eng/alice", reason="with an explicit deny in an identity-based policy")
    taken = steps(connect(aws, account))
    assert [step.name for step in taken.values() if step.outcome == "failed"] == []
    assert taken["iam:GetLoginProfile"].detail == "allowed, but refused for alice"
    assert taken["iam:ListAccessKeys"].detail == "allowed, but refused for alice"
    assert taken["iam:GetAccessKeyLastUsed"].outcome == "ok", "about a key of carol's"
