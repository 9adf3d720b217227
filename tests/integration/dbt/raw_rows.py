"""Raw tables of a made-up company, so that a test says only what matters to it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.directories.registry import KINDS, directory_for
from pipeline.warehouse.raw import META, create_tables, landed_tables
from pipeline.warehouse.sql import quote_ident

NOW = datetime(2026, 11, 24, 3, 15, 0)
LANDED = {name: schema for kind in KINDS for name, schema in landed_tables(kind, directory_for(kind).tables).items()}
ROSTER_FIELDS = (
    "native_id",
    "username",
    "display_name",
    "given_name",
    "family_name",
    "email",
    "employee_id",
    "status",
    "terminated_on",
)
ADMIN_ARN = "arn:aws:iam::aws:policy/AdministratorAccess"
EVERYTHING = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
NOTHING_MUCH = json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})

Row = dict[str, Any]


def days_ago(days: float, seconds: float = 0) -> datetime:
    """The instant `days` and `seconds` before NOW."""
    return NOW - timedelta(days=days, seconds=seconds)


@dataclass
class Company:
    """Everything in schema `raw`; `write` puts it into a warehouse, as the loader would."""

    evaluated_at: datetime = NOW
    as_of_override: datetime | None = None
    stale_after_days: int = 90
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def aws(self, name: str = "production", **attempt: Any) -> AwsAccount:
        """A connected AWS account, read completely at `as_of`."""
        account_id = attempt.pop("account_id", "111122223333")
        attempt.setdefault("directory_identity", f"aws_iam:{account_id}")
        self._connect(name, "aws_iam", account_id, is_authoritative=False)
        account = AwsAccount(self, name, account_id, self.attempt(name, "aws_iam", **attempt))
        if account.has_snapshot:
            account.add("account", account_id=account_id, partition="aws", summary="{}")
            account.add("root_user", arn=f"arn:aws:iam::{account_id}:root", mfa_enabled=True, active_key_count=0)
        return account

    def file(
        self, name: str = "people", *, authoritative: bool = True, known: Iterable[str] = ROSTER_FIELDS, **attempt: Any
    ) -> FileDirectory:
        """A connected file, a roster unless told otherwise; `known` are the fields it has columns for."""
        only_active = bool(attempt.pop("lists_only_active", False))
        self._connect(name, "file", None, is_authoritative=authoritative, lists_only_active=only_active)
        return FileDirectory(self, name, tuple(known), self.attempt(name, "file", **attempt))

    def attempt(
        self,
        name: str,
        kind: str,
        *,
        status: str = "complete",
        as_of: datetime | None = None,
        current: bool = True,
        **columns: Any,
    ) -> Row:
        """One attempt, the latest one; `current=False` where nothing was read well before either."""
        for earlier in self.rows["attempts"]:
            if earlier["directory_id"] == name:
                earlier["is_latest"] = False
        instant = as_of or self.evaluated_at
        row = {
            "snapshot_id": f"{instant:%Y%m%dT%H%M%SZ}-{len(self.rows['attempts']):08x}",
            "directory_id": name,
            "kind": kind,
            "status": status,
            "as_of": instant,
            "finished_at": instant + timedelta(seconds=3),
            "is_current": status == "complete" and current,
            "is_latest": True,
            **columns,
        }
        self.rows["attempts"].append(row)
        return row

    def coverage(self, attempt: Row, action: str, outcome: str, **columns: Any) -> None:
        """How one action went in an attempt."""
        shared = {name: attempt[name] for name in ("snapshot_id", "directory_id", "as_of")}
        self.rows["coverage"].append({**shared, "action": action, "outcome": outcome, "calls": 1, "rows": 0, **columns})

    def decision(self, decision_id: str, verb: str, account_key: str | None, target: str, **columns: Any) -> None:
        """What somebody decided yesterday, without end unless `expires_at` is given."""
        row = {
            "decision_id": decision_id,
            "verb": verb,
            "account_key": account_key,
            "target": target,
            "reason": "they said so",
            "decided_by": "auditor",
            "decided_at": days_ago(1),
        }
        self.rows["ledger_decisions"].append({**row, **columns})

    def status_word(self, word: str, meaning: str) -> None:
        """What settings.yaml says a status word of rosters means."""
        self.rows["status_words"].append({"word": word, "meaning": meaning})

    def at(self, instant: datetime) -> Company:
        """The same rows judged as of another instant, as `--as-of` does."""
        return replace(self, evaluated_at=instant, as_of_override=instant)

    def evaluation(self) -> Row:
        """The one row by which everything is judged."""
        return {
            "evaluated_at": self.evaluated_at,
            "as_of_override": self.as_of_override,
            "stale_after_days": self.stale_after_days,
            "authoritative_max_age_hours": 48.0,
            "max_shrink": 0.2,
            "max_shrink_rows": 10,
        }

    def raw(self) -> dict[str, list[Row]]:
        """The rows of schema `raw`, as the loader writes them."""
        decisions = [{**row, "evaluated_at": self.evaluated_at} for row in self.rows["ledger_decisions"]]
        return {**self.rows, "evaluation": [self.evaluation()], "ledger_decisions": decisions}

    def write(self, warehouse: Path) -> None:
        """Replace what schema `raw` holds; everything dbt made stays, as between two syncs."""
        raw = self.raw()
        with duckdb.connect(str(warehouse)) as connection:
            create_tables(connection, LANDED)
            for name, schema in {**LANDED, **META}.items():
                _replace(connection, name, schema, raw.get(name, []))

    def _connect(
        self, name: str, kind: str, account_id: str | None, *, is_authoritative: bool, lists_only_active: bool = False
    ) -> None:
        self.rows["connections"].append(
            {
                "directory_id": name,
                "kind": kind,
                "display_name": name.capitalize(),
                "aws_account_id": account_id,
                "is_authoritative": is_authoritative,
                "lists_only_active": lists_only_active,
                "access_mode": "read_only",
            }
        )


@dataclass
class _Directory:
    company: Company
    name: str

    def _add(self, table: str, attempt: Row, columns: Mapping[str, Any]) -> None:
        leading = {"directory_id": self.name, "snapshot_id": attempt["snapshot_id"], "as_of": attempt["as_of"]}
        self.company.rows[table].append({**leading, **columns})


@dataclass
class AwsAccount(_Directory):
    """One account's snapshot: everything readable, nobody in it."""

    account_id: str
    attempt: Row

    @property
    def has_snapshot(self) -> bool:
        return bool(self.attempt["is_current"])

    def add(self, table: str, **columns: Any) -> None:
        """A row of any table."""
        self._add(f"aws_iam_{table}", self.attempt, columns)

    def user(
        self,
        name: str,
        *,
        tags: Mapping[str, str] | None = None,
        login: Mapping[str, Any] | None = None,
        **columns: Any,
    ) -> str:
        """An IAM user without credentials and groups unless told otherwise; returns its id.

        `login` are columns of its login profile row (`has_password` is True in it by default).
        """
        user_id = columns.pop("user_id", f"AIDA{self.account_id}{name.upper()}")
        user = {
            "user_id": user_id,
            "user_name": name,
            "path": "/",
            "arn": f"arn:aws:iam::{self.account_id}:user/{name}",
            "created_at": days_ago(1000),
            "tags": None if columns.get("tags_gap") else json.dumps(tags or {}),
            "mfa_enabled": False,
            "other_credential_count": None if columns.get("other_credentials_gap") else 0,
        }
        self.add("users", **{**user, **columns})
        profile: Row = {"has_password": False}
        if login is not None:
            used_at = columns.get("password_last_used_at")
            made_at = login.get("created_at", days_ago(1000))
            is_used = used_at is not None and used_at >= made_at
            use = {"last_used_state": "used" if is_used else "never_used", "last_used_at": used_at if is_used else None}
            profile = {"has_password": True, "created_at": made_at, **use, **login}
        self.add("login_profiles", user_id=user_id, source="GetLoginProfile", **profile)
        return user_id

    def key(self, user_id: str, key_id: str, *, used: datetime | None = None, **columns: Any) -> None:
        """An Active access key, created 1000 days ago, last used at `used` (None: never)."""
        state = columns.pop("last_used_state", "used" if used else "never_used")
        row = {"status": "Active", "created_at": days_ago(1000), "last_used_at": used, "source": "GetAccessKeyLastUsed"}
        self.add("access_keys", access_key_id=key_id, user_id=user_id, last_used_state=state, **{**row, **columns})

    def group(self, name: str, *members: str, **columns: Any) -> str:
        """A group with these user ids in it; returns its id."""
        group_id = f"AGPA{self.account_id}{name.upper()}"
        self.add(
            "groups",
            group_id=group_id,
            group_name=name,
            path="/",
            arn=f"arn:aws:iam::{self.account_id}:group/{name}",
            **columns,
        )
        for user_id in members:
            self.add("memberships", user_id=user_id, group_id=group_id)
        return group_id

    def managed(self, arn: str, document: str | None, gap: str | None = None) -> str:
        """A managed policy in use; returns its ARN."""
        name = arn.rsplit("/", 1)[-1]
        is_aws = ":iam::aws:" in arn
        self.add(
            "managed_policies",
            policy_arn=arn,
            policy_name=name,
            is_aws_managed=is_aws,
            document=document,
            document_gap=gap,
        )
        return arn

    def attach(self, principal_id: str, arn: str) -> None:
        """Attach a managed policy to a user or a group."""
        self.add(
            "attached_policies",
            principal_type=_type(principal_id),
            principal_id=principal_id,
            policy_name=arn.rsplit("/", 1)[-1],
            policy_arn=arn,
        )

    def inline(self, principal_id: str, name: str, document: str | None, gap: str | None = None) -> None:
        """An inline policy of a user or a group."""
        self.add(
            "inline_policies",
            principal_type=_type(principal_id),
            principal_id=principal_id,
            policy_name=name,
            document=document,
            document_gap=gap,
        )

    def key_of(self, user_id: str) -> str:
        """The account_key of a user."""
        return f"{self.name}:{user_id}"


@dataclass
class FileDirectory(_Directory):
    """One file's snapshot, empty so far."""

    known: tuple[str, ...]
    attempt: Row

    def person(self, native_id: str, **columns: Any) -> str:
        """A row of the file; returns its account_key. Unmapped and unreadable fields are given as `invalid=[...]`."""
        invalid = columns.pop("invalid", [])
        row = {
            "native_id": native_id,
            "username": native_id.lower(),
            "attributes": "{}",
            "invalid_fields": json.dumps(invalid) if invalid else None,
            "known_fields": json.dumps(list(self.known)),
            "source_row": len(self.company.rows["file_accounts"]) + 2,
        }
        self._add("file_accounts", self.attempt, {**row, **columns})
        return f"{self.name}:{native_id}"


def _type(principal_id: str) -> str:
    return "group" if principal_id.startswith("AGPA") else "user"


def _replace(connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, rows: list[Row]) -> None:
    table = quote_ident("raw", name)
    connection.execute(f"delete from {table}")
    if rows:
        connection.register("incoming", pa.Table.from_pylist(rows, schema=schema))
        connection.execute(f"insert into {table} select * from incoming")
        connection.unregister("incoming")
