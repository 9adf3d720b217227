"""Organizations to read, and reading them the way a sync does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from pipeline.connections.models import AwsIdentityCenterConnection
from pipeline.demo.emulator import Emulator
from pipeline.demo.emulator.identity_center import IdentityCenter
from pipeline.directories.aws_identity_center.actions import CENTER_ACTIONS
from pipeline.directories.aws_identity_center.reader import AWS_IDENTITY_CENTER, AwsIdentityCenter
from pipeline.directories.base import Snapshot

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
MANAGEMENT, EXTERNAL_ID = "111122223333", "cc-0123456789abcdef0123456789abcdef"
FAST: AwsIdentityCenter = replace(AWS_IDENTITY_CENTER, calls_per_second=100_000)


def connect(aws: Emulator, policy: Sequence[str] | None = None, **keys: Any) -> AwsIdentityCenterConnection:
    """A connection to a role that may do `policy` (the whole read list when None)."""
    account = aws.account(MANAGEMENT)
    arn = account.role(
        f"Reader{len(account.state.backend.roles)}",
        external_id=EXTERNAL_ID,
        trust_principal=aws.hub_arn,
        policy=sorted(CENTER_ACTIONS) if policy is None else policy,
    )
    given = {"name": "workforce", "region": "eu-central-1", "role_arn": arn, "external_id": SecretStr(EXTERNAL_ID)}
    return AwsIdentityCenterConnection(**{**given, **keys})


def company(aws: Emulator) -> IdentityCenter:
    """Three people, two groups, three permission sets in three accounts; one person reaches nothing."""
    center = aws.identity_center(MANAGEMENT)
    ann = center.user(
        "ann@corp",
        display_name="Ann Arbor",
        given_name="Ann",
        family_name="Arbor",
        emails=["ann@example.com", "a.arbor@example.com"],
        enterprise={"employeeNumber": "00042", "department": "Finance"},
        external_id="idp-1",
    )
    bob = center.user("bob", status="DISABLED", emails=["bob@example.com"])
    center.user("eve", status=None)
    admins = center.group("admins", [ann, bob], description="Who may do anything")
    center.group("empty")
    for number in range(45):
        center.account(f"{222200000000 + number}", f"workload-{number}")
    administrator, reader = center.permission_set("Administrator"), center.permission_set("ReadOnly")
    center.permission_set("Unused")
    center.assign(administrator, "222200000000", group=admins)
    center.assign(administrator, "222200000001", user=ann)
    center.assign(reader, "222200000000", user=ann)
    center.assign(reader, "222200000044", group=admins)
    return center


def read(connection: AwsIdentityCenterConnection, directory: AwsIdentityCenter = FAST) -> Snapshot:
    return directory.read(connection, as_of=NOW, run_id="test-run")


def rows(snapshot: Snapshot, table: str) -> list[dict[str, Any]]:
    assert snapshot.status == "complete", [str(problem) for problem in snapshot.problems]
    return list(snapshot.tables[table].to_pylist())


def reached(snapshot: Snapshot) -> set[tuple[str, str, str, str]]:
    return {
        (row["account_native_id"], row["entitlement_name"], row["target"], row["granted_through"])
        for row in rows(snapshot, "entitlements")
    }
