"""`--fail-on` over a real sync: what could not be read about a finding's severity is no success and no failure."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.demo.emulator import Emulator
from pipeline.home import Home
from pipeline.warehouse.query import query
from tests.integration.cli.running import in_a_process

ACCOUNT, EXTERNAL_ID = "111122223333", "cc-0123456789abcdef0123456789abcdef"
DOCUMENTS = ("iam:GetAccountAuthorizationDetails", "iam:GetPolicyVersion", "iam:GetUserPolicy")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One account with a user nobody uses, who holds a policy we may not read."""
    root: Path = tmp_path_factory.mktemp("home")
    old = datetime.now(UTC) - timedelta(days=400)
    with Emulator() as aws, aws.exported(os.environ):
        account = aws.account(ACCOUNT)
        user = account.user("idle", created=old, password_created=old, password_last_used=old)
        account.attach(user, account.managed_policy("own", ["s3:*"]))
        role = account.role("Reader", external_id=EXTERNAL_ID, trust_principal=aws.hub_arn)
        for action in DOCUMENTS:
            aws.faults.deny(action)
        connection = {"name": "production", "kind": "aws_iam", "role_arn": role, "external_id": EXTERNAL_ID}
        (root / "connections.yaml").write_text(json.dumps({"connections": [connection]}))
        ran = in_a_process("sync", "--home", str(root), seconds=400)
        assert ran.code == 0, ran.err
    return Home(root)


def code(home: Home, severity: str) -> int:
    return in_a_process("findings", "stale", "--fail-on", severity, "--home", str(home.root)).code


def test_an_unread_policy_makes_the_severity_a_lower_bound(home: Home) -> None:
    [row] = query(
        home,
        "select severity, severity_is_lower_bound, evidence from findings.all_findings"
        " where finding_type = 'stale_account' and status = 'open'",
    ).records()
    assert (row["severity"], row["severity_is_lower_bound"]) == ("medium", True)


@pytest.mark.parametrize(("severity", "expected"), [("medium", 3), ("high", 5), ("critical", 0)])
def test_only_what_could_not_be_read_is_exit_5(home: Home, severity: str, expected: int) -> None:
    """Medium for sure; high if the user is an administrator; critical in no case."""
    assert code(home, severity) == expected
