"""The manifest of one attempt to read a directory."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pipeline.coverage import ActionCoverage
from pipeline.problems import Problem

SCHEMA_VERSION = 1
SNAPSHOT_ID = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8,16}")
MANIFEST, SET_ASIDE = "manifest.json", "set-aside.json"


def _utc(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


Instant = Annotated[datetime, AfterValidator(_utc)]
"""Always with its zone, UTC; one without is UTC already."""


class LandedTable(BaseModel):
    """One table of a snapshot: `file` is its name beside the manifest, `sha256` of that file in hexadecimal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    file: str = Field(pattern=r"^[a-z][a-z0-9_]*\.parquet$")


class Manifest(BaseModel):
    """One attempt to read one directory.

    Only a `complete` one is ever current. A `held` one is whole too, but shrank more than allowed against the last good
    one (`previous_rows`). A `failed` one has no tables, and `problems` says why. `epoch` is the first snapshot of those
    that share their identifiers; empty until a person accepts that they have changed. `endpoint` is the address that
    was asked; None for AWS's own, for a file, and in manifests of versions that did not write it down.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = SCHEMA_VERSION
    snapshot_id: str = Field(pattern=rf"^{SNAPSHOT_ID.pattern}$")
    connection: str
    kind: str
    account_id: str = ""
    endpoint: str | None = None
    status: Literal["complete", "failed", "held"]
    as_of: Instant
    evidence_as_of: Instant | None = None
    finished_at: Instant
    run_id: str
    strategy: str
    main_table: str = ""
    tables: dict[str, LandedTable] = {}
    coverage: tuple[ActionCoverage, ...] = ()
    problems: tuple[Problem, ...] = ()
    calls: int = 0
    retries: int = 0
    vanished: int = 0
    held_reason: str = ""
    previous_rows: int | None = None
    id_source: str = ""
    epoch: str = ""

    @property
    def directory_identity(self) -> str:
        """What tells this directory from another one read under the same name, such as `aws_iam:111122223333`."""
        return f"{self.kind}:{self.account_id}#{self.epoch}" if self.epoch else f"{self.kind}:{self.account_id}"

    @property
    def rows(self) -> int | None:
        """Rows of the main table; None where it was not read."""
        table = self.tables.get(self.main_table)
        return table.rows if table else None

    def to_json(self) -> str:
        """What manifest.json holds."""
        return self.model_dump_json(indent=2) + "\n"


def new_snapshot_id(as_of: datetime) -> str:
    """An id that sorts by `as_of` to the microsecond: `20261124T031500Z-` and 16 hexadecimal digits.

    The first five of them are the microseconds, the others chance, so that two writers at one instant do not collide.
    """
    instant = _utc(as_of)
    return f"{instant:%Y%m%dT%H%M%SZ}-{instant.microsecond:05x}{secrets.token_hex(6)[:11]}"


def read_at(snapshot_id: str) -> datetime:
    """The second of the read that the id names, in UTC."""
    return datetime.strptime(snapshot_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def instant_of(snapshot_id: str) -> str:
    """The part of the id that two attempts of one connection should not share."""
    return snapshot_id[: len("20261124T031500Z-") + 5]
