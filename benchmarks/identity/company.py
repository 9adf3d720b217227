"""One labelled company, put together: `build(people, difficulty, seed)`."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from benchmarks.identity import conventions, machines, people
from benchmarks.identity.aws import ACCOUNTS as AWS_ACCOUNTS
from benchmarks.identity.aws import AwsAccounts
from benchmarks.identity.difficulty import DIFFICULTIES
from benchmarks.identity.directories import Directories
from benchmarks.identity.exports import Exports, Row
from benchmarks.identity.nobodies import Nobodies
from benchmarks.identity.truth import AnswerSheet, Label
from pipeline.directories.aws_iam.tables import TABLES
from pipeline.directories.base import ACCOUNTS


@dataclass(frozen=True)
class Company:
    """`accounts` maps a directory to its table (`ACCOUNTS`); `iam` an AWS directory to its tables (`TABLES`); `kinds`
    those of `accounts` to the kind of their connection, where it is not `file`."""

    accounts: Mapping[str, pa.Table]
    iam: Mapping[str, Mapping[str, pa.Table]]
    aws_account_ids: Mapping[str, str]
    labels: list[Label]
    kinds: Mapping[str, str] = field(default_factory=dict)


def build(people_count: int, difficulty: str, seed: int) -> Company:
    """The company that `seed` makes of a size and a difficulty; equal arguments give equal companies."""
    rng = random.Random(f"{seed}/{difficulty}/{people_count}")
    dirt = DIFFICULTIES[difficulty]
    habits = conventions.draw(rng)
    staff = people.populate(rng, people_count, habits, dirt)
    boxes = machines.mailboxes(rng, staff, habits)
    services = machines.services(rng, staff, boxes, habits, dirt)
    sheet = AnswerSheet()
    exports = Exports(sheet)
    Directories(rng, habits, dirt, exports).write(staff)
    Nobodies(rng, habits, exports).write(boxes, services)
    cloud = AwsAccounts(rng, habits, dirt, sheet)
    cloud.write(staff, boxes, services)
    return landed(exports.rows, cloud.tables, AWS_ACCOUNTS, sheet.labels)


def landed(
    accounts: Mapping[str, list[Row]],
    clouds: Mapping[str, Mapping[str, list[Row]]],
    aws_account_ids: Mapping[str, str],
    labels: list[Label],
    kinds: Mapping[str, str] | None = None,
) -> Company:
    """Rows as the tables a read of their directories lands."""
    return Company(
        accounts={name: _table(rows, ACCOUNTS) for name, rows in accounts.items()},
        iam={
            name: {table: _table(tables.get(table, []), schema) for table, schema in TABLES.items()}
            for name, tables in clouds.items()
        },
        aws_account_ids=aws_account_ids,
        labels=labels,
        kinds=kinds or {},
    )


def _table(rows: list[Row], schema: pa.Schema) -> pa.Table:
    columns = {field.name: pa.array([row.get(field.name) for row in rows], field.type) for field in schema}
    return pa.table(columns, schema=schema)
