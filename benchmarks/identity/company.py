"""One labelled company, put together: `build(people, difficulty, seed)`.

Belongs here: the order of making things, and the tables in their landed shape. Does not belong here: any single row.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from benchmarks.identity import conventions, machines, people
from benchmarks.identity.aws import ACCOUNTS as AWS_ACCOUNTS
from benchmarks.identity.aws import AwsAccounts
from benchmarks.identity.difficulty import DIFFICULTIES
from benchmarks.identity.directories import Directories
from benchmarks.identity.exports import Exports
from benchmarks.identity.nobodies import Nobodies
from benchmarks.identity.truth import AnswerSheet, Label
from pipeline.directories.aws_iam.tables import TABLES
from pipeline.directories.base import ACCOUNTS


@dataclass(frozen=True)
class Company:
    """`accounts` maps a file directory to its table (`ACCOUNTS`); `iam` an AWS directory to its tables (`TABLES`)."""

    accounts: Mapping[str, pa.Table]
    iam: Mapping[str, Mapping[str, pa.Table]]
    aws_account_ids: Mapping[str, str]
    labels: list[Label]
    conventions: conventions.Conventions


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
    return Company(
        accounts={name: _table(rows, ACCOUNTS) for name, rows in exports.rows.items()},
        iam={
            name: {table: _table(tables.get(table, []), schema) for table, schema in TABLES.items()}
            for name, tables in cloud.tables.items()
        },
        aws_account_ids=AWS_ACCOUNTS,
        labels=sheet.labels,
        conventions=habits,
    )


def _table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    columns = {field.name: pa.array([row.get(field.name) for row in rows], field.type) for field in schema}
    return pa.table(columns, schema=schema)
