"""A publication that is killed, at any point: the last good file stays, and the next one heals everything."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import duckdb
import pytest

from pipeline.home import Home
from pipeline.warehouse import open as opening
from pipeline.warehouse import publish as publishing
from pipeline.warehouse.publish import publish
from tests.integration.warehouse.conftest import build_marts
from tests.support.killing import die_after, die_at_line, lines_of, random_delays, steps_worth_dying_at

AT = datetime(2026, 11, 24, 3, 15, tzinfo=UTC)
FILES = (publishing.__file__, opening.__file__)


def generations(home: Home) -> set[int]:
    """Which builds a reader sees; attached, because DuckDB would share an open file within a process."""
    with duckdb.connect(":memory:") as reader:
        reader.execute("attach ? as p (read_only)", [str(home.published)])
        rows = reader.execute(
            "select generation from p.findings.stale_accounts union all select generation from p.inventory.accounts"
            " union all select generation from p.operations.sync_runs"
        ).fetchall()
    return {generation for (generation,) in rows}


def publish_generation(home: Home, generation: int) -> None:
    publish(home, run_id=f"run-{generation}", published_at=AT)


@pytest.mark.promise("P2")
def test_killed_between_any_two_steps(built: Home) -> None:
    lines = lines_of(lambda: publish_generation(built, 1), FILES)
    steps = list(steps_worth_dying_at(lines))
    assert len(steps) > 40

    published, generation = 1, 1
    for step in steps:
        generation += 1
        build_marts(built, generation)
        die_at_line(lambda new=generation: publish_generation(built, new), FILES, step)  # type: ignore[misc]
        seen = generations(built)
        assert seen in ({published}, {generation}), f"killed at {lines[step]}"
        published = seen.pop()

    publish_generation(built, generation)
    assert generations(built) == {generation}
    assert not list(built.root.glob(".*.tmp*"))


@pytest.mark.promise("P2")
def test_killed_at_random_times(built: Home) -> None:
    began = time.monotonic()
    publish_generation(built, 1)
    takes = time.monotonic() - began
    published = 1
    for generation, delay in enumerate(random_delays(20, takes * 1.2, seed=20), start=2):
        build_marts(built, generation, rows=5000)
        die_after(lambda new=generation: publish_generation(built, new), delay)  # type: ignore[misc]
        seen = generations(built)
        assert seen in ({published}, {generation}), f"killed after {delay} s"
        published = seen.pop()

    publish_generation(built, generation)
    assert generations(built) == {generation}
    assert not list(built.root.glob(".*.tmp*"))
