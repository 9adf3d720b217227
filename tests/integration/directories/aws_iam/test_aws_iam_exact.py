"""Both strategies give exactly what is in the account, and the same tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings

from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.actions import READ_ACTIONS
from pipeline.directories.aws_iam.tables import TABLES
from tests.integration.directories.aws_iam.accounts import PEOPLE, Person, full_account, people_account
from tests.integration.directories.aws_iam.reading import (
    IDENTITY,
    NINE,
    NOW,
    complete,
    connect,
    differences,
    gaps,
    keys,
    login,
    outcomes,
    read,
    row,
    rows,
    user,
)

BULKY = {"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport"}
PER_USER = sorted(READ_ACTIONS.keys() - BULKY)
UNKNOWN_TO_NINE = [
    ("users", "tags"),
    ("users", "permissions_boundary_arn"),
    ("users", "mfa_enabled"),
    ("users", "other_credential_count"),
    ("users", "other_credentials"),
    ("access_keys", "last_used_state"),
    ("access_keys", "last_used_at"),
    ("access_keys", "last_used_service"),
    ("access_keys", "last_used_region"),
]
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
numbers = count(200000000000)


@pytest.fixture(scope="module")
def world() -> Iterator[Emulator]:
    with Emulator(clock=lambda: NOW) as emulator, emulator.exported(os.environ):
        yield emulator


@given(people=PEOPLE)
@FEW
def test_the_bulk_strategy_reads_exactly_what_is_there(world: Emulator, people: list[Person]) -> None:
    account = world.account(str(next(numbers)))
    people_account(account, people)
    snapshot = complete(read(connect(world, account)))
    assert snapshot.strategy == "bulk"
    assert differences(snapshot, account) == []
    assert gaps(snapshot) == set()


@given(people=PEOPLE)
@FEW
def test_the_per_user_strategy_reads_exactly_what_is_there(world: Emulator, people: list[Person]) -> None:
    account = world.account(str(next(numbers)))
    people_account(account, people)
    snapshot = complete(read(connect(world, account, PER_USER), read_tags_per_user=True))
    assert snapshot.strategy == "per_user"
    assert differences(snapshot, account, tables=IDENTITY.keys() - {"root_user"}) == []
    assert rows(snapshot, "root_user") == []
    assert gaps(snapshot) == set()


@given(people=PEOPLE)
@FEW
def test_the_nine_actions_read_exactly_what_they_can(world: Emulator, people: list[Person]) -> None:
    account = world.account(str(next(numbers)))
    people_account(account, people)
    snapshot = complete(read(connect(world, account, NINE)))
    assert snapshot.strategy == "per_user"
    readable = ("users", "login_profiles", "access_keys", "groups", "memberships")
    assert differences(snapshot, account, tables=readable, besides=UNKNOWN_TO_NINE) == []
    assert {key["last_used_state"] for key in rows(snapshot, "access_keys")} <= {"unknown"}
    for table in ("attached_policies", "inline_policies"):
        mine = [one["policy_name"] for one in rows(snapshot, table)]
        theirs = [one["policy_name"] for one in account.truth()[table] if one["principal_type"] == "user"]
        assert sorted(mine) == sorted(theirs)


def test_a_full_account_has_every_table_in_its_shape(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    snapshot = complete(read(connect(aws, account)))
    assert {name: table.schema for name, table in snapshot.tables.items()} == TABLES
    assert (snapshot.account_id, snapshot.kind, snapshot.main_table) == ("111122223333", "aws_iam", "users")
    assert snapshot.as_of == NOW.replace(tzinfo=None)
    assert snapshot.evidence_as_of is None
    assert login(snapshot, "bob")["has_password"] is True
    assert login(snapshot, "carol")["has_password"] is False
    assert user(snapshot, "carol")["password_last_used_at"] is not None, "AWS keeps it; the login profile decides"
    assert [key["last_used_state"] for key in keys(snapshot, "carol")].count("never_used") == 1
    root = row(snapshot, "root_user")
    assert (root["mfa_enabled"], root["active_key_count"]) == (False, 1)


@pytest.mark.promise("P8")
def test_two_reads_give_the_same_tables_whatever_the_pages(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    connection = connect(aws, account)
    first = complete(read(connection))
    for limit in (1, 2, 3):
        aws.faults.page_size(limit)
        again = complete(read(connection, reused_report_user_limit=0))
        for name in TABLES:
            left, right = first.tables[name], again.tables[name]
            assert left.drop_columns(_dates(left)) == right.drop_columns(_dates(right)), (limit, name)


def _dates(table: object) -> list[str]:
    return [name for name in ("evidence_as_of",) if name in table.column_names]  # type: ignore[attr-defined]


def test_every_read_action_appears_in_the_coverage(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    snapshot = complete(read(connect(aws, account)))
    assert list(outcomes(snapshot)) == list(READ_ACTIONS)
    tried = {action for action, outcome in outcomes(snapshot).items() if outcome == "ok"}
    assert tried == {action for action in aws.log.actions() if action.startswith("iam:")}
    assert outcomes(snapshot)["iam:GetGroup"] == "not_tried"
    listed = next(line for line in snapshot.coverage if line.action == "iam:ListUsers")
    assert (listed.calls, listed.rows) == (1, 4)
    assert snapshot.calls == aws.log.count()
