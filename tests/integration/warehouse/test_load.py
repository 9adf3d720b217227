"""Loading: the warehouse holds the current snapshot of every connected directory, whole, and of nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import duckdb
import pytest

from pipeline.connections.models import Connection
from pipeline.home import Home
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.problems import CertifyError
from pipeline.warehouse.load import LoadResult, load
from tests.integration.warehouse.landed import (
    SETTINGS,
    START,
    aws,
    aws_snapshot,
    failed_snapshot,
    hour,
    land,
    landing_of,
    roster,
    roster_snapshot,
)

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def load_all(home: Home, connections: Sequence[Connection]) -> LoadResult:
    return load(home, landing_of(home), connections, SETTINGS, NOW)


def rows(home: Home, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.warehouse)) as connection:
        return connection.execute(sql).fetchall()


def users(home: Home) -> list[tuple[object, ...]]:
    return rows(home, "select directory_id, user_name from raw.aws_iam_users order by all")


def damage(home: Home, manifest: Manifest, table: str = "users") -> None:
    folder = home.landing / manifest.kind / manifest.connection / manifest.snapshot_id
    path = folder / manifest.tables[table].file
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"!")


def test_the_current_snapshot_is_loaded_with_where_it_is_from_and_when(home: Home) -> None:
    old = land(home, aws_snapshot(users=["gone"], at=hour(0)))
    new = land(home, aws_snapshot(users=["ada", "bo"], at=hour(1)))

    result = load_all(home, [aws()])

    assert result.loaded == {"production": new.snapshot_id}
    assert old.snapshot_id != new.snapshot_id
    assert rows(
        home, "select directory_id, snapshot_id, as_of, user_id, user_name from raw.aws_iam_users order by 5"
    ) == [
        ("production", new.snapshot_id, hour(1), "AIDAada", "ada"),
        ("production", new.snapshot_id, hour(1), "AIDAbo", "bo"),
    ]
    assert result.rows["aws_iam_users"] == 2
    assert result.rows["file_accounts"] == 0


def test_every_kind_is_loaded_into_its_own_tables(home: Home) -> None:
    land(home, aws_snapshot(), roster_snapshot(people=["ada", "cy"]))

    load_all(home, [aws(), roster()])

    assert len(users(home)) == 2
    assert rows(home, "select directory_id, native_id, source_row from raw.file_accounts order by 2") == [
        ("people", "ada", 2),
        ("people", "cy", 3),
    ]


def test_loading_again_does_nothing(home: Home) -> None:
    manifest = land(home, aws_snapshot())
    load_all(home, [aws()])

    again = load_all(home, [aws()])

    assert again.loaded == {}
    assert again.unchanged == {"production": manifest.snapshot_id}
    assert len(users(home)) == 2


def test_a_newer_snapshot_replaces_all_rows_of_its_connection_and_of_no_other(home: Home) -> None:
    land(home, aws_snapshot("production", ["ada"]), aws_snapshot("sandbox", ["cy"], account_id="444455556666"))
    connections = [aws("production"), aws("sandbox", "444455556666")]
    load_all(home, connections)
    land(home, aws_snapshot("production", ["bo"], at=hour(1)))

    assert set(load_all(home, connections).loaded) == {"production"}
    assert users(home) == [("production", "bo"), ("sandbox", "cy")]


def test_a_complete_snapshot_without_users_leaves_no_rows_and_is_still_loaded(home: Home) -> None:
    land(home, aws_snapshot(users=["ada"]))
    load_all(home, [aws()])
    empty = land(home, aws_snapshot(users=[], at=hour(1)))

    assert load_all(home, [aws()]).loaded == {"production": empty.snapshot_id}
    assert users(home) == []
    assert load_all(home, [aws()]).unchanged == {"production": empty.snapshot_id}


@pytest.mark.parametrize("worse", ["failed", "held"])
def test_an_attempt_that_failed_or_is_held_leaves_the_last_good_rows(home: Home, worse: str) -> None:
    many = [f"user-{number}" for number in range(20)]
    good = land(home, aws_snapshot(users=many))
    load_all(home, [aws()])
    attempt = failed_snapshot(at=hour(1)) if worse == "failed" else aws_snapshot(users=["ada"], at=hour(1))
    assert land(home, attempt, accept_shrink=False).status == worse

    assert load_all(home, [aws()]).unchanged == {"production": good.snapshot_id}
    assert len(users(home)) == 20
    assert rows(home, "select distinct as_of from raw.aws_iam_users") == [(START,)]


def test_rows_of_a_connection_that_is_gone_are_removed(home: Home) -> None:
    land(home, aws_snapshot(), roster_snapshot())
    load_all(home, [aws(), roster()])

    assert load_all(home, [roster()]).removed == ("production",)
    assert users(home) == []
    assert rows(home, "select directory_id from raw.attempts") == [("people",)]
    assert rows(home, "select directory_id from raw.connections") == [("people",)]


def test_a_name_that_now_means_another_kind_keeps_no_row_of_the_old_one(home: Home) -> None:
    land(home, aws_snapshot("people", ["ada"]))
    load_all(home, [aws("people")])
    land(home, roster_snapshot("people", ["cy"], at=hour(1)))

    result = load_all(home, [roster("people")])

    assert result.removed == ("people",)
    assert users(home) == []
    assert rows(home, "select native_id from raw.file_accounts") == [("cy",)]


def test_a_name_that_now_means_another_account_keeps_no_row_of_the_old_one(home: Home) -> None:
    """The last good snapshot under this name is of an account that nobody asks about any more."""
    land(home, aws_snapshot(users=["ada"]))
    load_all(home, [aws()])

    result = load_all(home, [aws(account_id="999988887777")])

    assert result.removed == ("production",)
    assert result.loaded == {}
    assert users(home) == []
    assert rows(home, "select count(*) from raw.attempts") == [(0,)]


def test_a_damaged_snapshot_fails_its_connection_only_and_the_rows_before_stay(home: Home) -> None:
    good = land(home, aws_snapshot(users=["ada"]))
    load_all(home, [aws(), roster()])
    bad = land(home, aws_snapshot(users=["eve"], at=hour(1)))
    damage(home, bad)
    person = land(home, roster_snapshot())

    result = load_all(home, [aws(), roster()])

    assert result.failed["production"].code == "snapshot_damaged"
    assert result.unchanged == {"production": good.snapshot_id}
    assert result.loaded == {"people": person.snapshot_id}
    assert users(home) == [("production", "ada")]
    assert rows(
        home,
        "select snapshot_id, status, is_current, is_latest, problem_code from raw.attempts"
        " where directory_id = 'production' order by snapshot_id",
    ) == [
        (good.snapshot_id, "complete", True, False, None),
        (bad.snapshot_id, "failed", False, True, "snapshot_damaged"),
    ]


def test_a_new_warehouse_takes_the_older_snapshot_when_the_newest_is_damaged(home: Home) -> None:
    good = land(home, aws_snapshot(users=["ada"]))
    damage(home, land(home, aws_snapshot(users=["eve"], at=hour(1))), table="groups")

    result = load_all(home, [aws()])

    assert result.loaded == {"production": good.snapshot_id}
    assert result.failed["production"].code == "snapshot_damaged"
    assert users(home) == [("production", "ada")]


def test_a_snapshot_of_another_shape_is_not_loaded(home: Home) -> None:
    """A column that an older version did not land would read as known and empty."""
    snapshot = aws_snapshot()
    tables = dict(snapshot.tables)
    tables["users"] = tables["users"].drop_columns(["mfa_gap"])
    land(home, type(snapshot)(**{**vars(snapshot), "tables": tables}))

    result = load_all(home, [aws()])

    assert result.failed["production"].code == "snapshot_unreadable"
    assert "certify sync production" in result.failed["production"].remedy
    assert users(home) == []


def test_a_warehouse_of_another_version_is_filled_anew(home: Home) -> None:
    manifest = land(home, aws_snapshot(users=["ada"]))
    load_all(home, [aws()])
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("alter table raw.aws_iam_groups drop column members_gap")
        connection.execute("create table raw.of_an_older_version (a integer)")
        connection.execute("create schema history; create table history.accounts as select 1 as kept")

    assert load_all(home, [aws()]).loaded == {"production": manifest.snapshot_id}
    assert users(home) == [("production", "ada")]
    assert rows(home, "select members_gap from raw.aws_iam_groups") == []
    assert rows(home, "select count(*) from duckdb_tables() where table_name = 'of_an_older_version'") == [(0,)]
    assert rows(home, "select kept from history.accounts") == [(1,)]


def test_a_snapshot_the_landing_keeps_no_more_stays_loaded_and_told(home: Home) -> None:
    manifest = land(home, aws_snapshot(users=["ada"]))
    load_all(home, [aws()])
    landing_of(home)._place.remove(("aws_iam", "production"), manifest.snapshot_id)

    result = load_all(home, [aws()])

    assert result.unchanged == {"production": manifest.snapshot_id}
    assert users(home) == [("production", "ada")]
    assert rows(home, "select snapshot_id, is_current, is_latest from raw.attempts") == [
        (manifest.snapshot_id, True, True)
    ]
    assert rows(home, "select action, outcome from raw.coverage") == [("iam:ListUsers", "ok")]


def test_before_anything_was_read_every_table_is_there_and_empty(home: Home) -> None:
    load_all(home, [aws()])

    tables = {name for (name,) in rows(home, "select table_name from duckdb_tables() where schema_name = 'raw'")}
    assert tables >= {
        *("aws_iam_users", "aws_iam_login_profiles", "aws_iam_access_keys", "aws_iam_groups", "aws_iam_memberships"),
        *("aws_iam_attached_policies", "aws_iam_inline_policies", "aws_iam_managed_policies", "aws_iam_root_user"),
        *("aws_iam_account", "file_accounts", "connections", "attempts", "coverage", "evaluation", "ledger_decisions"),
    }
    assert users(home) == []


def test_a_landing_that_cannot_be_read_changes_nothing(home: Home) -> None:
    land(home, aws_snapshot(users=["ada"]))
    load_all(home, [aws()])
    (home.root / "elsewhere" / "aws_iam").mkdir(parents=True)
    (home.root / "elsewhere" / "aws_iam" / "production").write_text("not a folder")

    with pytest.raises(CertifyError, match="elsewhere"):
        load(home, Landing(home.root / "elsewhere"), [aws()], SETTINGS, NOW)
    assert users(home) == [("production", "ada")]


def test_a_snapshot_from_the_future_is_not_loaded_and_is_named(home: Home) -> None:
    good = land(home, aws_snapshot(users=["ada"], at=hour(1)))
    future = land(home, aws_snapshot(users=["nobody"], at=hour(900)))

    result = load_all(home, [aws()])

    assert result.loaded == {"production": good.snapshot_id}
    assert users(home) == [("production", "ada")]
    (problem,) = result.set_aside
    assert (problem.connection, future.snapshot_id in problem.message) == ("production", True)
    assert rows(home, "select snapshot_id, is_latest from raw.attempts") == [(good.snapshot_id, True)]


def test_rows_that_were_loaded_from_the_future_give_way_once_the_clock_is_right(home: Home) -> None:
    good = land(home, aws_snapshot(users=["ada"], at=hour(1)))
    land(home, aws_snapshot(users=["nobody"], at=hour(900)))
    load(home, landing_of(home), [aws()], SETTINGS, hour(901))
    assert users(home) == [("production", "nobody")]

    result = load_all(home, [aws()])

    assert result.loaded == {"production": good.snapshot_id}
    assert users(home) == [("production", "ada")]
