"""Several syncs of one company: first seen, last seen, resolved, and what a what-if leaves alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import duckdb
import pytest
from dbt.contracts.graph.manifest import Manifest

from tests.integration.dbt.raw_rows import NOW, Company, days_ago
from tests.integration.dbt.warehouses import SyncedWarehouse

HISTORY = (
    "+all_findings",
    "+account_history",
    "+credential_history",
    "+entitlement_history",
    "+finding_history",
    "+verdict_gates",
)
DAY = timedelta(days=1)
DENIED = {"access_keys_gap": "iam:ListAccessKeys denied"}


def company(at: datetime, *, without: tuple[str, ...] = (), denied: bool = False) -> Company:
    """Three users with a stale key each, at an instant; `denied` hides the keys of all of them."""
    result = Company(evaluated_at=at)
    result.file(as_of=at).person("E1", email="anybody@corp.example")
    aws = result.aws(as_of=at)
    for name in ("stays", "is-used-again", "is-deleted"):
        if name not in without:
            user = aws.user(name, login=None, tags={"kind": "human"}, **(DENIED if denied else {}))
            if not denied:
                aws.key(user, f"AKIA-{name}", used=at if f"{name}!" in without else days_ago(200))
    return result


def stale(built: SyncedWarehouse) -> dict[str, dict[str, Any]]:
    """The stale-account findings by user name."""
    rows = built.all("select * from findings.all_findings where finding_type = 'stale_account'")
    return {row["account_key"].split("111122223333")[1].lower(): row for row in rows}


def states(built: SyncedWarehouse) -> dict[str, tuple[str, str, datetime, datetime, datetime | None]]:
    """What history says of each."""
    columns = ("status", "coverage", "first_seen_at", "last_seen_at", "resolved_at")
    return {name: tuple(row[column] for column in columns) for name, row in stale(built).items()}  # type: ignore[misc]


@pytest.fixture(scope="module")
def syncs(synced: SyncedWarehouse) -> list[dict[str, Any]]:
    """States after each of six syncs, a day apart; the second is built twice, the fifth is a what-if."""
    second, third, fourth, sixth = (NOW + n * DAY for n in (1, 2, 3, 4))
    changed = ("is-used-again!", "is-deleted")
    runs = [
        synced.build(company(NOW), *HISTORY) and states(synced),
        synced.build(company(second, denied=True), *HISTORY) and states(synced),
        synced.rebuild(*HISTORY) and states(synced),
        synced.build(company(third, without=changed), *HISTORY) and states(synced),
        synced.build(company(fourth), *HISTORY) and states(synced),
    ]
    recorded = _all_history(synced)
    runs.append(synced.build(company(fourth).at(days_ago(-500)), *HISTORY) and states(synced))
    assert _all_history(synced) == recorded
    runs.append(synced.build(company(sixth), *HISTORY) and states(synced))
    return runs


def _all_history(built: SyncedWarehouse) -> dict[str, list[dict[str, Any]]]:
    tables = ("account_history", "credential_history", "entitlement_history", "finding_history")
    rows = {table: built.all(f"select * from history.{table} order by all") for table in tables}
    return {**rows, "states": built.all("select * from history.finding_states where lane = 'recorded' order by all")}


def test_finding_starts_open_and_seen_now(syncs: list[dict[str, Any]]) -> None:
    assert syncs[0] == dict.fromkeys(("stays", "is-used-again", "is-deleted"), ("open", "full", NOW, NOW, None))


@pytest.mark.promise("P14")
def test_denied_read_resolves_nothing(syncs: list[dict[str, Any]]) -> None:
    assert syncs[1] == dict.fromkeys(("stays", "is-used-again", "is-deleted"), ("open", "none", NOW, NOW, None))


def test_building_twice_at_one_instant_changes_nothing(syncs: list[dict[str, Any]]) -> None:
    assert syncs[2] == syncs[1]


def test_finding_is_resolved_when_it_is_seen_to_be_over(syncs: list[dict[str, Any]]) -> None:
    third = NOW + 2 * DAY
    assert syncs[3] == {
        "stays": ("open", "full", NOW, third, None),
        "is-used-again": ("resolved", "full", NOW, NOW, third),
        "is-deleted": ("resolved", "full", NOW, NOW, third),
    }


def test_finding_opened_again_keeps_when_it_was_first_seen(syncs: list[dict[str, Any]]) -> None:
    fourth = NOW + 3 * DAY
    assert syncs[4] == dict.fromkeys(("stays", "is-used-again", "is-deleted"), ("open", "full", NOW, fourth, None))


def test_what_if_shows_its_own_view_and_the_next_sync_forgets_it(syncs: list[dict[str, Any]]) -> None:
    what_if, sixth = days_ago(-500), NOW + 4 * DAY
    assert syncs[5]["stays"] == ("open", "full", NOW, what_if, None)
    assert syncs[6]["stays"] == ("open", "full", NOW, sixth, None)


def test_history_of_an_account_tells_when_it_was_there(syncs: list[dict[str, Any]], synced: SyncedWarehouse) -> None:
    rows = synced.all(
        """
        select * from history.account_history where account_key like '%IS-DELETED'
        order by dbt_valid_from, dbt_is_deleted
        """
    )
    third, fourth = NOW + 2 * DAY, NOW + 3 * DAY
    spans = [(row["activity"], row["dbt_is_deleted"], row["dbt_valid_from"], row["dbt_valid_to"]) for row in rows]
    assert spans == [
        ("stale", "False", NOW, NOW + DAY),
        ("unknown", "False", NOW + DAY, third),
        ("unknown", "True", third, fourth),
        ("stale", "False", fourth, None),
    ]


def test_denied_listing_of_keys_deletes_no_key_from_history(
    syncs: list[dict[str, Any]], synced: SyncedWarehouse
) -> None:
    rows = synced.all(
        "select * from history.credential_history where credential_id = 'AKIA-stays' order by dbt_valid_from"
    )
    assert [(row["dbt_is_deleted"], row["dbt_valid_from"], row["dbt_valid_to"]) for row in rows] == [
        ("False", NOW, None)
    ]


def test_history_has_one_version_in_force_for_each_key(syncs: list[dict[str, Any]], synced: SyncedWarehouse) -> None:
    for table, key in (
        ("account_history", "account_key"),
        ("credential_history", "credential_key"),
        ("finding_history", "finding_id"),
    ):
        assert not synced.all(
            f"select {key} from history.{table} where dbt_valid_to is null group by {key} having count(*) > 1"
        )


def test_without_the_roster_each_account_keeps_its_one_duplicate_finding(synced: SyncedWarehouse) -> None:
    def company(*, has_roster: bool) -> Company:
        result = Company()
        if has_roster:
            people = result.file()
            for name in ("ann", "ben"):
                people.person(f"E-{name}", email=f"{name}@corp.example", employee_id=f"E-{name}", status="active")
        okta = result.file("okta", authoritative=False)
        production, staging = result.aws(), result.aws("staging", account_id="444455556666")
        for name in ("ann", "ben"):
            okta.person(name, email=f"{name}@corp.example", display_name=f"{name.title()} Lee")
            for account in (production, staging):
                account.user(name, tags={"email": f"{name}@corp.example"})
        return result

    open_duplicates = """
        select account_key, finding_id from findings.all_findings
        where finding_type = 'duplicate_identity' and status = 'open' order by all
    """
    synced.build(company(has_roster=True))
    before = synced.all(open_duplicates)
    assert len(before) == 6
    assert synced.build(company(has_roster=False)).all(open_duplicates) == before
    assert synced.build(company(has_roster=True)).all(open_duplicates) == before


@pytest.fixture(scope="module")
def moves(tmp_path_factory: pytest.TempPathFactory, manifest: Manifest) -> list[dict[str, Any]]:
    """States while a connection is pointed at another account, disconnected, connected under another name and again."""
    warehouse = SyncedWarehouse(tmp_path_factory.mktemp("moves"), manifest)

    def synced(days: int, name: str = "", **attempt: Any) -> dict[str, Any]:
        at = NOW + days * DAY
        made = Company(evaluated_at=at)
        made.file(as_of=at).person("E1", email="anybody@corp.example")
        if name:
            aws = made.aws(name, as_of=at, **attempt)
            if attempt.get("status") != "failed":
                user = aws.user(f"u{attempt.get('account_id', '')}", login=None, tags={"kind": "human"})
                aws.key(user, "AKIA-1", used=days_ago(200))
        warehouse.build(made, *HISTORY)
        rows = warehouse.all("select * from findings.all_findings where finding_type = 'stale_account'")
        return {row["account_key"]: (row["status"], row["resolved_at"], row["ended_at"]) for row in rows}

    other = "444455556666"
    return [
        synced(0, "production"),
        synced(1, "production", account_id=other, status="failed", current=False),
        synced(2, "production", account_id=other),
        synced(3),
        synced(4, "prod"),
        synced(5, "production"),
    ]


def test_findings_of_an_account_a_connection_leads_to_no_more_end_as_directory_changed(
    moves: list[dict[str, Any]],
) -> None:
    first = next(iter(moves[0]))
    assert moves[0][first] == ("open", None, None)
    assert moves[1][first] == ("directory_changed", None, NOW + DAY)  # before the other account could be read
    assert moves[2][first] == ("directory_changed", None, NOW + DAY)


def test_findings_of_a_connection_that_is_gone_or_renamed_end_as_directory_removed(moves: list[dict[str, Any]]) -> None:
    first, second = sorted(moves[2], key=lambda key: moves[2][key][0] == "open")
    assert moves[3][second] == ("directory_removed", None, NOW + 3 * DAY)
    assert moves[3][first] == moves[2][first]
    renamed = next(key for key in moves[4] if key.startswith("prod:"))
    assert (moves[4][renamed], moves[4][second]) == (("open", None, None), moves[3][second])


def test_findings_of_a_directory_that_is_back_are_open_again(moves: list[dict[str, Any]]) -> None:
    first = next(iter(moves[0]))
    assert moves[5][first] == ("open", None, None)
    assert {row[0] for key, row in moves[5].items() if key != first} == {"directory_removed"}


def test_states_of_an_older_version_gain_the_columns_added_since(
    tmp_path_factory: pytest.TempPathFactory, manifest: Manifest
) -> None:
    warehouse = SyncedWarehouse(tmp_path_factory.mktemp("older"), manifest)
    before = warehouse.build(company(NOW), *HISTORY) and states(warehouse)
    with duckdb.connect(str(warehouse.file)) as connection:
        for column in ("directory_identity", "ended_at"):
            connection.execute(f"alter table history.finding_states drop column {column}")
    assert states(warehouse.build(company(NOW), *HISTORY)) == before
