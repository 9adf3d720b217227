"""The protocol of a directory kind, the `Snapshot` it returns, and the tables most kinds share.

House rule for every table: a fact that could not be read is null, and a `*_gap` column beside it names the action and
its outcome (`iam:GetLoginProfile denied`). A null `*_gap` means the fact is known, and then a null fact means "none" or
"never".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

import pyarrow as pa

from pipeline.coverage import ActionCoverage
from pipeline.problems import Problem
from pipeline.progress import Progress, Step, silent

INSTANT = pa.timestamp("us")
"""UTC without a zone: DuckDB's TIMESTAMP, and what every reader of Parquet agrees on."""


@dataclass(frozen=True)
class Snapshot:
    """One attempt to read a whole directory.

    `status` is `failed` when a required listing was denied, cut short or unreachable: `tables` is then empty and
    `problems` says why. A complete snapshot holds every table of its kind, maybe with zero rows. `as_of` is the instant
    the read began, in UTC and without zone. `evidence_as_of` is older when part of the facts came from a report made
    earlier. `main_table` names the table whose rows are counted to notice a shrink.
    """

    connection: str
    kind: str
    as_of: datetime
    status: Literal["complete", "failed"]
    strategy: str
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    coverage: Sequence[ActionCoverage] = ()
    problems: Sequence[Problem] = ()
    main_table: str = ""
    account_id: str = ""
    evidence_as_of: datetime | None = None
    calls: int = 0
    retries: int = 0
    vanished: int = 0
    endpoint: str | None = None
    """The address that was asked, as `scheme://host:port`; None for AWS's own, and where no address was."""
    id_source: str = ""
    """Where `native_id` comes from, for kinds in which the connection decides that; such as `column EmployeeNumber`."""


class Directory(Protocol):
    """One kind of directory. Implementations are modules' plain objects, found through `directories.registry`."""

    kind: str
    tables: Mapping[str, pa.Schema]
    main_table: str

    def read(self, connection: Any, *, as_of: datetime, run_id: str, progress: Progress = silent) -> Snapshot:
        """Read everything; never raises for what the directory does, only `ConfigurationError` for what the connection
        says."""
        ...

    def test(self, connection: Any) -> Iterator[Step]:
        """Try the connection the way `read` would, one step at a time."""
        ...


ACCOUNTS = pa.schema(
    [
        pa.field("native_id", pa.string(), nullable=False),
        pa.field("username", pa.string()),
        pa.field("display_name", pa.string()),
        pa.field("given_name", pa.string()),
        pa.field("middle_name", pa.string()),
        pa.field("family_name", pa.string()),
        pa.field("preferred_name", pa.string()),
        pa.field("email", pa.string()),
        pa.field("alias_emails", pa.string()),  # a JSON list
        pa.field("employee_id", pa.string()),
        pa.field("prior_employee_id", pa.string()),
        pa.field("worker_type", pa.string()),
        pa.field("status", pa.string()),
        pa.field("is_enabled", pa.bool_()),
        pa.field("locked_at", INSTANT),
        pa.field("hired_on", INSTANT),
        pa.field("terminated_on", INSTANT),
        pa.field("manager_id", pa.string()),
        pa.field("department", pa.string()),
        pa.field("title", pa.string()),
        pa.field("account_kind", pa.string()),
        pa.field("created_at", INSTANT),
        pa.field("last_active_at", INSTANT),
        pa.field("attributes", pa.string()),  # a JSON object: the columns nobody mapped
        pa.field("invalid_fields", pa.string()),  # a JSON list: cells that could not be read: null here, unknown later
        pa.field("known_fields", pa.string()),  # a JSON list: the fields this source can tell; any other is unknown
        pa.field("source_row", pa.int64()),  # where in the file, counted as a person would
    ]
)
"""Grain: one account. What every directory that is not AWS IAM lands."""

GROUPS = pa.schema(
    [
        pa.field("native_id", pa.string(), nullable=False),
        pa.field("name", pa.string()),
        pa.field("description", pa.string()),
        pa.field("members_gap", pa.string()),  # null: every member is in `memberships`
    ]
)
"""Grain: one group. What a directory that is not AWS IAM lands, where it has groups."""

MEMBERSHIPS = pa.schema(
    [
        pa.field("account_native_id", pa.string(), nullable=False),
        pa.field("group_native_id", pa.string(), nullable=False),
    ]
)
"""Grain: one account in one group, directly or through groups inside it."""

ENTITLEMENTS = pa.schema(
    [
        pa.field("account_native_id", pa.string(), nullable=False),
        pa.field("entitlement_id", pa.string(), nullable=False),
        pa.field("entitlement_name", pa.string()),
        pa.field("entitlement_type", pa.string(), nullable=False),  # permission_set | role | entitlement
        pa.field("target", pa.string()),  # what it reaches, such as an AWS account id
        pa.field("target_name", pa.string()),
        pa.field("granted_through", pa.string(), nullable=False),  # direct, or the group's name
        pa.field("group_native_id", pa.string()),
    ]
)
"""Grain: one right of one account to one target, held in one way."""

LATER_TABLES: Mapping[str, frozenset[str]] = {"file": frozenset({"groups", "memberships"})}
"""By kind, tables that snapshots of earlier versions lack: nothing was read of them then."""

GROUPS_KNOWN, ENTITLEMENTS_KNOWN = "groups", "entitlements"
"""Besides columns, `known_fields` names these when every group or right of the account was read; else no row in their
tables means nothing."""
