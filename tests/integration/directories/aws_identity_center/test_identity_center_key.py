"""An Identity Center encrypted with a customer managed key: used through the service alone, named when denied."""

from __future__ import annotations

import json

import pytest

from pipeline.connections.models import AwsIdentityCenterConnection
from pipeline.demo.emulator import Emulator
from pipeline.directories.aws_identity_center.actions import (
    CENTER_ACTIONS,
    CENTER_SESSION_POLICY,
    KEY_STATEMENTS,
)
from pipeline.onboarding.role_artifacts import ROLE_KINDS
from pipeline.onboarding.templates.policy import Size, permission_policy
from tests.integration.directories.aws_identity_center.centers import (
    FAST,
    MANAGEMENT,
    company,
    connect,
    reached,
    read,
    rows,
)

KEY = f"arn:aws:kms:eu-central-1:{MANAGEMENT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ENCRYPTED = sorted(CENTER_ACTIONS.keys() - {"sso:ListInstances", "organizations:ListAccounts"})


def encrypted(aws: Emulator, policy: object) -> AwsIdentityCenterConnection:
    center = company(aws)
    center.key_arn = KEY
    return connect(aws, policy)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", ["recommended", "managed"])
def test_the_policies_we_write_are_enough_for_an_encrypted_instance(aws: Emulator, size: Size) -> None:
    connection = encrypted(aws, permission_policy(ROLE_KINDS["aws_identity_center"].permissions, size))
    snapshot = read(connection)
    assert len(rows(snapshot, "accounts")) == 3
    assert reached(snapshot) == aws.identity_center(MANAGEMENT).reach()
    assert {line.outcome for line in snapshot.coverage} == {"ok"}


def test_a_role_that_may_not_use_the_key_is_told_so_and_how(aws: Emulator) -> None:
    connection = encrypted(aws, sorted(CENTER_ACTIONS))
    snapshot = read(connection)
    (problem,) = snapshot.problems
    assert (snapshot.status, problem.code) == ("failed", "center_key_denied")
    assert problem.message.startswith("Not authorized to perform identitystore:ListUsers")
    assert "customer managed KMS key" in problem.message
    assert "kms:Decrypt" in problem.remedy
    assert "the key's own policy" in problem.remedy
    line = next(one for one in snapshot.coverage if one.action == "identitystore:ListUsers")
    assert "kms:Decrypt" in line.message
    assert "kms:Decrypt" in line.remedy
    step = next(step for step in FAST.test(connection) if step.outcome == "failed")
    assert step.problem is not None
    assert step.problem.code == "center_key_denied"


def test_only_the_groups_are_unknown_where_only_they_cannot_be_decrypted(aws: Emulator) -> None:
    company(aws)
    aws.faults.deny("identitystore:ListGroups", reason="because no resource-based policy allows the kms:Decrypt action")
    snapshot = read(connect(aws))
    assert snapshot.status == "complete"
    assert "groups" not in json.loads(rows(snapshot, "accounts")[0]["known_fields"])


def test_the_session_may_decrypt_through_identity_center_and_in_no_other_way(aws: Emulator) -> None:
    statements = [each for each in json.loads(CENTER_SESSION_POLICY)["Statement"] if "kms:Decrypt" in each["Action"]]
    assert statements == json.loads(json.dumps(KEY_STATEMENTS))
    assert len(CENTER_SESSION_POLICY) <= 2048
    for statement in statements:
        (via,) = statement["Condition"]["StringLike"].items()
        assert via[0] == "kms:ViaService"
        assert via[1] in ("sso.*.amazonaws.com", "identitystore.*.amazonaws.com")
        assert all(name.startswith("kms:EncryptionContext:aws:") for name in statement["Condition"]["ArnLike"])
