"""Ids are kept by what was published last, also by a version that did not remember them yet."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home
from pipeline.problems import CertifyError
from pipeline.warehouse.known_identities import SCHEMA, known_identities
from pipeline.warehouse.load import load
from tests.integration.warehouse.landed import SETTINGS, landing_of
from tests.unit.ledger.deciding import NOW

AT = datetime(2026, 11, 1)


def publish(home: Home, *statements: str) -> None:
    with duckdb.connect(str(home.published)) as connection:
        connection.execute("create schema identity")
        for statement in statements:
            connection.execute(statement)


def remember(file: Path) -> None:
    """Give account aws:1 the identity i1, as a build writes it."""
    columns = ", ".join(f"{name} {'timestamp' if 'seen_at' in name else 'varchar'}" for name in SCHEMA.names)
    row = "('aws:1', 'i1', 'person', 'email:a@x', 'aws:1', timestamp '2026-11-01', timestamp '2026-11-01')"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema identity")
        connection.execute(f"create table identity.known_identities ({columns})")
        connection.execute(f"insert into identity.known_identities values {row}")


def test_before_anything_was_published_no_id_is_known(home: Home) -> None:
    assert known_identities(home).num_rows == 0


def test_ids_that_cannot_be_read_anywhere_are_a_problem_and_not_made_anew(home: Home) -> None:
    home.published.write_bytes(b"no database")
    with pytest.raises(CertifyError) as raised:
        load(home, landing_of(home), [], SETTINGS, NOW)
    problem = raised.value.problem
    assert (problem.code, str(home.published) in problem.remedy) == ("identity_ids_unreadable", True)
    assert not home.warehouse.exists()


@pytest.mark.parametrize("published", [b"no database", None])
def test_without_a_published_file_the_ids_of_the_last_build_are_kept(home: Home, published: bytes | None) -> None:
    if published is not None:
        home.published.write_bytes(published)
    remember(home.warehouse)
    load(home, landing_of(home), [], SETTINGS, NOW)
    with duckdb.connect(str(home.warehouse)) as connection:
        assert connection.execute("select identity_id from raw.known_identities").fetchall() == [("i1",)]


def test_what_an_older_version_published_gives_the_ids_and_their_founding_accounts(home: Home) -> None:
    publish(
        home,
        "create table identity.identities as select * from (values ('i1', 'employee_id:E1', timestamp '2026-11-01'),"
        " ('i2', 'service:deploy', timestamp '2026-11-01')) as made(identity_id, anchor, as_of)",
        "create table identity.identity_accounts as select * from (values ('aws:1', 'i1', false), ('hr:1', 'i1', true),"
        " ('aws:2', 'i2', false), ('aws:3', null, false)) as made(account_key, identity_id, is_authoritative)",
    )
    assert sorted(tuple(row.values()) for row in known_identities(home).to_pylist()) == [
        ("aws:1", "i1", "person", "employee_id:E1", "hr:1", AT, AT),
        ("aws:2", "i2", "service", "service:deploy", "aws:2", AT, AT),
        ("hr:1", "i1", "person", "employee_id:E1", "hr:1", AT, AT),
    ]


def test_every_load_copies_them_into_the_warehouse(home: Home) -> None:
    remember(home.published)
    for _ in range(2):
        load(home, landing_of(home), [], SETTINGS, NOW)
    with duckdb.connect(str(home.warehouse)) as connection:
        found = connection.execute("select account_key, identity_id, last_seen_at from raw.known_identities").fetchall()
    assert found == [("aws:1", "i1", AT)]
