"""Reading an emulated account the way a sync does, and comparing what was read with what is there."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from pipeline.connections.models import AwsIamConnection
from pipeline.coverage import Outcome
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.actions import MINIMAL
from pipeline.directories.aws_iam.reader import AWS_IAM, AwsIam
from pipeline.directories.base import Snapshot

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
ACCOUNT, EXTERNAL_ID = "111122223333", "cc-0123456789abcdef0123456789abcdef"
NINE = sorted(MINIMAL)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


class Pauses(list[float]):
    """A `sleep` that only remembers."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def connect(
    aws: Emulator, account: EmulatedAccount, policy: Sequence[str] | None = None, **role: Any
) -> AwsIamConnection:
    """A connection to a role that may do `policy` (IAMReadOnlyAccess when None)."""
    wanted = {"external_id": EXTERNAL_ID, "trust_principal": aws.hub_arn} | role
    arn = account.role(f"Reader{len(account.state.backend.roles)}", policy=policy, **wanted)
    return AwsIamConnection(name="production", kind="aws_iam", role_arn=arn, external_id=SecretStr(EXTERNAL_ID))


def read(connection: AwsIamConnection, **options: Any) -> Snapshot:
    """A read with `AwsIam`'s `options`; its own pauses take no time."""
    directory: AwsIam = replace(AWS_IAM, **{"sleep": Pauses()} | options)
    return directory.read(connection, as_of=NOW, run_id="test-run")


def complete(snapshot: Snapshot) -> Snapshot:
    assert snapshot.status == "complete", [str(problem) for problem in snapshot.problems]
    return snapshot


def rows(snapshot: Snapshot, table: str) -> list[dict[str, Any]]:
    return list(snapshot.tables[table].to_pylist())


def row(snapshot: Snapshot, table: str, **where: Any) -> dict[str, Any]:
    (found,) = [one for one in rows(snapshot, table) if all(one[name] == value for name, value in where.items())]
    return found


def user(snapshot: Snapshot, name: str) -> dict[str, Any]:
    return row(snapshot, "users", user_name=name)


def login(snapshot: Snapshot, name: str) -> dict[str, Any]:
    return row(snapshot, "login_profiles", user_id=user(snapshot, name)["user_id"])


def keys(snapshot: Snapshot, name: str) -> list[dict[str, Any]]:
    return [key for key in rows(snapshot, "access_keys") if key["user_id"] == user(snapshot, name)["user_id"]]


def outcomes(snapshot: Snapshot) -> dict[str, Outcome]:
    return {line.action: line.outcome for line in snapshot.coverage}


NOT_NEEDED = {("created_gap", "iam:GetLoginProfile not_tried")}


def gaps(snapshot: Snapshot) -> set[tuple[str, str, str]]:
    """Every gap there is: table, column, text; without those of facts that no verdict needs, so were not asked for."""
    return {
        (table, column, value)
        for table in snapshot.tables
        for one in rows(snapshot, table)
        for column, value in one.items()
        if column.endswith("_gap") and value is not None and (column, value) not in NOT_NEEDED
    }


def differences(
    snapshot: Snapshot,
    account: EmulatedAccount,
    *,
    besides: Collection[tuple[str, str]] = (),
    tables: Collection[str] | None = None,
) -> list[str]:
    """Where the tables (all by default) differ from what is there, but for the (table, column) in `besides`.

    Dates a source does not give (when a password was made, when it was changed) are compared where they were read.
    """
    truth = account.truth()
    truth |= {
        "root_user": [truth["root_user"]],
        "account": [{"alias": truth["alias"], "account_id": account.account_id}],
    }
    found = []
    for table in IDENTITY if tables is None else tables:
        found += _compare(table, rows(snapshot, table), truth[table], besides)
    return found


IDENTITY = {
    "account": ("account_id",),
    "users": ("user_id",),
    "login_profiles": ("user_id",),
    "access_keys": ("access_key_id",),
    "groups": ("group_id",),
    "memberships": ("user_id", "group_id"),
    "attached_policies": ("principal_type", "principal_id", "policy_arn"),
    "inline_policies": ("principal_type", "principal_id", "policy_name"),
    "managed_policies": ("policy_arn",),
    "root_user": ("arn",),
}
WHERE_READ = {("login_profiles", "created_at"), ("login_profiles", "password_last_changed_at")}


def _compare(
    table: str, read_rows: list[dict[str, Any]], true_rows: list[dict[str, Any]], besides: Collection[tuple[str, str]]
) -> list[str]:
    def by_id(these: list[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
        return {tuple(one[name] for name in IDENTITY[table]): one for one in these}

    seen, true = by_id(read_rows), by_id(true_rows)
    found = [f"{table}: {len(read_rows)} rows, {len(seen)} of them distinct"] if len(seen) != len(read_rows) else []
    found += [f"{table}: missing {key}" for key in true.keys() - seen.keys()]
    found += [f"{table}: invented {key}" for key in seen.keys() - true.keys()]
    for key in seen.keys() & true.keys():
        for column, value in true[key].items():
            shown = _value(column, seen[key][column])
            if (table, column) in besides or (shown is None and (table, column) in WHERE_READ):
                continue
            if shown != value:
                found.append(f"{table}.{column} of {key}: {shown!r} is {value!r}")
    return found


def _value(column: str, value: Any) -> Any:
    return json.loads(value) if column in ("tags", "document") and value is not None else value
