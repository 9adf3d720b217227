"""A landing that is killed, at any line: no torn snapshot is ever seen, and the next one sweeps what is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.landing import storage, store
from pipeline.landing.store import Landing
from tests.integration.landing.samples import land, snapshot
from tests.support.killing import die_after, die_at_line, lines_of, random_delays, steps_worth_dying_at

FILES = (store.__file__, storage.__file__)
SERIES = ("file", "people")


def whole(root: Path, at_most: int) -> int:
    """How many snapshots there are, having verified every byte of each."""
    landing = Landing(root)
    attempts = landing.attempts(*SERIES)
    assert len(attempts) <= at_most
    for manifest in attempts:
        assert manifest.status == "complete"
        rows = {name: landing.table(manifest, name).num_rows for name in manifest.tables}
        assert rows == {"accounts": 50, "groups": 1}
    return len(attempts)


def leftovers(root: Path) -> list[Path]:
    return list(root.joinpath(*SERIES).glob(".*"))


@pytest.mark.promise("P1")
def test_killed_between_any_two_steps(tmp_path: Path) -> None:
    def write(root: Path) -> None:
        land(Landing(root), snapshot(50))

    write(tmp_path / "rehearsal")
    steps = list(steps_worth_dying_at(lines_of(lambda: write(tmp_path / "rehearsal"), FILES)))
    assert len(steps) > 40
    outcomes = set()
    for step in steps:
        root = tmp_path / str(step)
        write(root)
        die_at_line(lambda root=root: write(root), FILES, step)
        there = whole(root, at_most=2)
        assert there >= 1, f"step {step} lost the good snapshot"
        outcomes.add((there, bool(leftovers(root))))
        write(root)
        assert whole(root, at_most=3) == there + 1
        assert leftovers(root) == [], f"step {step} left something behind for good"
    assert outcomes == {(1, False), (1, True), (2, False)}


@pytest.mark.promise("P1")
def test_killed_at_random_times_among_many_writes(tmp_path: Path) -> None:
    def write_on_and_on() -> None:
        for _ in range(10_000):
            landing = Landing(tmp_path)
            land(landing, snapshot(50))
            landing.prune(*SERIES, keep=3)

    killed = 0
    for delay in random_delays(60, 0.15, seed=24):
        killed += die_after(write_on_and_on, delay)
        whole(tmp_path, at_most=3 + killed)  # each may have died after its write and before it pruned
    assert killed == 60
    land(Landing(tmp_path), snapshot(50))
    Landing(tmp_path).prune(*SERIES, keep=3)
    assert whole(tmp_path, at_most=3) == 3
    assert leftovers(tmp_path) == []


def test_pruning_killed_between_any_two_steps_tears_nothing(tmp_path: Path) -> None:
    def prune(root: Path) -> None:
        Landing(root).prune(*SERIES, keep=1)

    def fill(root: Path) -> None:
        for hour in range(3):
            land(Landing(root), snapshot(50, hour=hour))

    fill(tmp_path / "rehearsal")
    for step in steps_worth_dying_at(lines_of(lambda: prune(tmp_path / "rehearsal"), FILES)):
        root = tmp_path / str(step)
        fill(root)
        die_at_line(lambda root=root: prune(root), FILES, step)
        assert whole(root, at_most=3) >= 1
        land(Landing(root), snapshot(50, hour=9))
        prune(root)
        assert whole(root, at_most=1) == 1
        assert leftovers(root) == []


def test_a_writer_that_lives_is_not_swept_by_another(tmp_path: Path) -> None:
    place = storage.FolderStorage(tmp_path)
    with place.write(SERIES, "20260101T000000Z-00000000") as put:
        put("accounts.parquet", b"half")
        land(Landing(tmp_path), snapshot(50))
        put("manifest.json", b"rest")
    assert place.read(SERIES, "20260101T000000Z-00000000", "accounts.parquet") == b"half"
