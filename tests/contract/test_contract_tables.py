"""Every kind at once, from real directories to the tables analysts read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.home import Home
from pipeline.landing.extraction import extract
from pipeline.landing.store import Landing
from pipeline.settings import Settings
from pipeline.warehouse.build import build
from pipeline.warehouse.load import load
from tests.contract.conftest import KINDS_RUNNING
from tests.contract.running import NOW, people

pytestmark = [pytest.mark.promise("P9")]

SETTINGS = Settings()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Five directories of three people each, read, loaded and built; names tell the kinds apart."""
    folder = tmp_path_factory.mktemp("kinds")
    home = Home(folder / "home")
    home.ensure()
    landing, connections = Landing.of(home, SETTINGS), []
    for kind, (_, start) in KINDS_RUNNING.items():
        (place := folder / kind).mkdir()
        connections.append(_landed(kind, start, place, landing))
    load(home, landing, connections, SETTINGS, NOW)
    result = build(home)
    assert not [node for node in result.nodes if node.failed]
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        yield connection


def _landed(kind: str, start: Any, place: Path, landing: Landing) -> Any:
    with ExitStack() as stack:
        running = stack.enter_context(start(place))
        running.put(people(3))
        connection = running.connection.model_copy(update={"name": kind.replace("_", "-")})
        directory = running.directory
        manifest = extract(
            connection, landing=landing, settings=SETTINGS, as_of=NOW, run_id="contract", directory=directory
        )
        assert manifest.status == "complete", manifest.problems
        return connection


def rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def test_every_account_of_every_kind_is_in_the_inventory(built: duckdb.DuckDBPyConnection) -> None:
    found = rows(built, "select directory_id, count(*) from inventory.accounts group by 1 order by 1")
    assert found == [(kind.replace("_", "-"), 3) for kind in sorted(KINDS_RUNNING)]


def test_activity_nobody_can_tell_is_unknown_and_never_stale(built: duckdb.DuckDBPyConnection) -> None:
    query = "select distinct directory_id, activity from inventory.accounts where directory_id <> 'aws-iam' order by 1"
    assert rows(built, query) == [
        (kind.replace("_", "-"), "unknown") for kind in sorted(KINDS_RUNNING) if kind != "aws_iam"
    ]
    assert rows(built, "select * from findings.stale_accounts where directory_id <> 'aws-iam'") == []


def test_groups_and_who_is_in_them_are_in_the_inventory(built: duckdb.DuckDBPyConnection) -> None:
    query = "select directory_id, group_name, member_count from inventory.groups order by 1"
    assert rows(built, query) == [("aws-identity-center", "everybody", 3), ("scim", "everybody", 3)]
    query = "select directory_id, count(*) from inventory.memberships group by 1 order by 1"
    assert rows(built, query) == [("aws-identity-center", 3), ("scim", 3)]


def test_who_reaches_which_account_as_what_is_in_the_inventory(built: duckdb.DuckDBPyConnection) -> None:
    query = """
        select directory_id, policy_name, policy_type, target, target_name, granted_through, is_admin, count(*)
        from inventory.entitlements group by all
    """
    reach = ("ReadOnly", "permission_set", "222233334444", "Workload", "everybody", None, 3)
    assert rows(built, query) == [("aws-identity-center", *reach)]


def test_entitlements_nobody_told_are_not_known(built: duckdb.DuckDBPyConnection) -> None:
    query = "select distinct directory_id from inventory.accounts where entitlements_gap is null order by 1"
    assert rows(built, query) == [("aws-iam",), ("aws-identity-center",)]
