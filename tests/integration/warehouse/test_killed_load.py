"""A load that is killed, at any point: each connection has all rows of one snapshot; the next load does the rest."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home
from pipeline.warehouse import load as loading
from pipeline.warehouse import sync_metadata
from pipeline.warehouse.load import load
from tests.integration.warehouse.landed import SETTINGS, aws, aws_snapshot, hour, land, landing_of
from tests.support.killing import die_after, die_at_line, lines_of, random_delays, steps_worth_dying_at

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
FILES = (loading.__file__, sync_metadata.__file__)
NAMES = ("production", "sandbox", "tools")
CONNECTIONS = [aws(name, f"11112222333{number}") for number, name in enumerate(NAMES)]


def land_generation(home: Home, generation: int) -> None:
    """A new snapshot of every connection: its users and its groups all carry the number of the generation."""
    for number, name in enumerate(NAMES):
        users = [f"g{generation}-{user}" for user in range(20 + generation % 3)]
        snapshot = aws_snapshot(name, users, at=hour(generation), account_id=f"11112222333{number}")
        tables = dict(snapshot.tables)
        tables["memberships"] = tables["users"].select(["user_id", "user_name"]).rename_columns(["user_id", "group_id"])
        land(home, type(snapshot)(**{**vars(snapshot), "tables": tables}))


def load_now(home: Home) -> None:
    load(home, landing_of(home), CONNECTIONS, SETTINGS, NOW)


def assert_whole(home: Home, generations: set[int]) -> dict[str, int]:
    """Each connection shows one generation only, in every table, with all of its rows; gives which."""
    query = """
        select directory_id, split_part(user_name, '-', 1), count(*), 'users' from raw.aws_iam_users group by 1, 2
        union all
        select directory_id, split_part(group_id, '-', 1), count(*), 'groups' from raw.aws_iam_memberships group by 1, 2
        order by all
    """
    began = time.monotonic()
    with duckdb.connect(str(home.warehouse)) as connection:
        seen = connection.execute(query).fetchall()
        loaded = connection.execute(
            "select count(*), count(distinct directory_id) from raw.loaded_snapshots"
        ).fetchall()
    assert time.monotonic() - began < 30
    assert loaded == [(3, 3)]
    found: dict[str, int] = {}
    for name, word, count, _ in seen:
        generation = int(word[1:])
        assert generation in generations
        assert found.setdefault(name, generation) == generation, seen
        assert count == 20 + generation % 3, seen
    assert set(found) == set(NAMES)
    assert len(seen) == 6, seen
    return found


def before_and_after(home: Home) -> Path:
    """A home with a first generation loaded and a second one landed; gives a copy of its warehouse."""
    land_generation(home, 1)
    load_now(home)
    land_generation(home, 2)
    return Path(shutil.copy(home.warehouse, home.root / "before.duckdb"))


def restore(home: Home, before: Path) -> None:
    home.warehouse.with_name(home.warehouse.name + ".wal").unlink(missing_ok=True)
    shutil.copy(before, home.warehouse)


@pytest.mark.promise("P1")
def test_killed_between_any_two_steps(home: Home) -> None:
    before = before_and_after(home)
    lines = lines_of(lambda: load_now(home), FILES)
    assert set(assert_whole(home, {2}).values()) == {2}
    steps = list(steps_worth_dying_at(lines))[::2]
    assert len(steps) > 80

    mixtures = set()
    for number, step in enumerate(steps):
        restore(home, before)
        die_at_line(lambda: load_now(home), FILES, step)
        mixtures.add(tuple(assert_whole(home, {1, 2}).values()))
        if number % 10 == 0:
            load_now(home)
            assert set(assert_whole(home, {2}).values()) == {2}, f"after dying at {lines[step]}"
    assert mixtures > {(1, 1, 1), (2, 2, 2)}, "some died between two connections"


@pytest.mark.promise("P1")
def test_killed_at_random_times(home: Home) -> None:
    before = before_and_after(home)
    began = time.monotonic()
    load_now(home)
    takes = time.monotonic() - began
    for delay in random_delays(30, takes * 1.2, seed=30):
        restore(home, before)
        die_after(lambda: load_now(home), delay)
        assert_whole(home, {1, 2})
        load_now(home)
        assert set(assert_whole(home, {2}).values()) == {2}, f"after dying at {delay} s"
