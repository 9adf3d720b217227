"""A full disk, at whatever step it is met, is one clear message; the last good state stays and the next sync heals."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.disk_space import disk_full, is_full
from pipeline.home import Home
from pipeline.warehouse.query import query
from tests.integration.cli.running import Ran, in_a_process

ROSTER = "employee_id,email,given_name,family_name,status\n" + "".join(
    f"{number},p{number}@corp.example,Given{number},Family{number},active\n" for number in range(1, 40)
)
SIZE = 256 * 1024**2
FREE = [0, 40, 200, 600, 1_500, 4_000]
"""KiB left on the disk: each ends a sync at another step (Dagster's database, landing, load, build, publication)."""
MORE = [8, 16, 80, 120, 300, 400, 900, 1_200, 2_000, 2_500, 3_000, 5_000, 6_000, 8_000, 10_000, 12_000, 16_000, 24_000]


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A file system of its own, of 256 MiB in memory."""
    place = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture(scope="module")
def home(small_disk: Path) -> Home:
    """A home with one roster, synced once."""
    made = Home(small_disk / "home")
    made.ensure()
    (made.root / "hr.csv").write_text(ROSTER)
    made.connections_file.write_text(
        "connections:\n  - name: people\n    kind: file\n    path: hr.csv\n    authoritative: true\n"
    )
    assert sync(made).code == 0
    return made


def sync(home: Home) -> Ran:
    return in_a_process("sync", "--home", str(home.root))


def fill(disk: Path, free: int) -> Path:
    """A file that leaves `free` KiB."""
    filler = disk / "filler"
    space = os.statvfs(disk)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, space.f_bavail * space.f_frsize - free * 1024))
    return filler


def check(home: Home, disk: Path, free: int) -> None:
    filler = fill(disk, free)
    try:
        ran = sync(home)
        assert ran.code in (0, 1), ran.err
        if ran.code == 1:
            assert "The disk is full" in ran.err, ran.err
            assert "free some space" in ran.err
            assert "Traceback" not in ran.err
        assert query(home, "select count(*) from inventory.accounts").rows == [(39,)]
    finally:
        filler.unlink()
    healed = sync(home)
    assert healed.code == 0, healed.err
    assert query(home, "select count(*) from inventory.accounts").rows == [(39,)]


@pytest.mark.promise("P30")
@pytest.mark.parametrize("free", [600])
def test_the_last_good_state_outlives_a_full_disk(home: Home, small_disk: Path, free: int) -> None:
    check(home, small_disk, free)


@pytest.mark.soak
@pytest.mark.parametrize("free", sorted({*FREE, *MORE}))
def test_the_last_good_state_outlives_a_disk_that_fills_at_any_step(home: Home, small_disk: Path, free: int) -> None:
    check(home, small_disk, free)


def caused_by(error: BaseException) -> Exception:
    try:
        raise RuntimeError("a library failed") from error
    except RuntimeError as wrapped:
        return wrapped


@pytest.mark.promise("P30")
@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        sqlite3.OperationalError("database or disk is full"),
        RuntimeError("IO Error: Could not write file: No space left on device"),
    ],
)
def test_a_full_disk_is_recognised_however_deep_it_lies(error: Exception) -> None:
    assert is_full(error)
    assert is_full(caused_by(caused_by(error)))


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "Permission denied"), ValueError("full of nonsense")])
def test_another_failure_is_no_full_disk(error: Exception) -> None:
    assert not is_full(caused_by(error))


@pytest.mark.promise("P30")
def test_the_message_names_the_place_and_what_is_left(tmp_path: Path) -> None:
    problem = disk_full(tmp_path / "home")
    assert str(tmp_path / "home") in problem.message
    assert "MiB are free there" in problem.message
