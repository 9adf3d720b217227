"""The home: private, found where the user says, and written to by one process at a time."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.home import Home, private_write
from pipeline.problems import ConfigurationError, ExitCode, Locked

HOLDER = """
import sys, time
from pathlib import Path
from pipeline.home import Home
with Home(Path(sys.argv[1])).lock("a long sync"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    chosen = Home(tmp_path / "home")
    chosen.ensure()
    return chosen


@pytest.fixture
def holder(home: Home) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(home.root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()


def mode(path: Path) -> str:
    return oct(path.stat().st_mode & 0o777)


def test_the_flag_wins_over_the_environment_and_that_over_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Home.locate(Path("/flag"), {"CERTIFY_HOME": "/env"}).root == Path("/flag")
    assert Home.locate(None, {"CERTIFY_HOME": "/env"}).root == Path("/env")
    assert Home.locate(None, {}).root == tmp_path / ".certify"
    assert Home.locate(None, {"CERTIFY_HOME": ""}).root == tmp_path / ".certify"
    assert Home.locate(Path("relative"), {}).root == tmp_path / "relative"


def test_locating_a_home_makes_nothing(tmp_path: Path) -> None:
    Home.locate(tmp_path / "x", {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.promise("P22")
def test_every_folder_is_private_and_so_is_all_that_is_made_later(tmp_path: Path) -> None:
    os.umask(0o022)
    home = Home(tmp_path / "a" / "home")
    home.ensure()
    assert {mode(folder) for folder in (home.root, home.landing, home.exports, home.dagster)} == {"0o700"}
    home.audit.write_text("made by somebody who knows nothing of modes")
    assert mode(home.audit) == "0o600"


@pytest.mark.promise("P22")
def test_a_home_that_others_could_read_is_closed(tmp_path: Path) -> None:
    root = tmp_path / "home"
    root.mkdir()
    root.chmod(0o755)
    Home(root).ensure()
    assert mode(root) == "0o700"


def test_ensuring_twice_changes_nothing(home: Home) -> None:
    home.settings_file.write_text("stale_after_days: 30\n")
    home.ensure()
    assert home.settings_file.read_text() == "stale_after_days: 30\n"


@pytest.mark.parametrize("kind", ["file", "sticky", "root", "user"])
def test_a_place_that_cannot_be_a_home_is_refused_untouched(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "place"
    if kind == "file":
        place.write_text("mine")
    else:
        place.mkdir()
        place.chmod(0o1777 if kind == "sticky" else 0o755)
    if kind == "user":
        monkeypatch.setenv("HOME", str(place))
    before = place.stat().st_mode
    with pytest.raises(ConfigurationError, match="Not a usable home") as caught:
        Home(Path("/") if kind == "root" else place).ensure()
    assert caught.value.problem.exit_code == ExitCode.CONFIGURATION
    assert place.stat().st_mode == before


def test_a_private_write_is_private_whole_and_leaves_nothing_beside(home: Home) -> None:
    home.settings_file.write_text("old")
    home.settings_file.chmod(0o644)
    private_write(home.settings_file, "naïve\n")
    assert home.settings_file.read_bytes() == "naïve\n".encode()
    assert mode(home.settings_file) == "0o600"
    assert list(home.root.glob(".*.tmp")) == []


def test_a_private_write_that_fails_leaves_the_old_file(home: Home) -> None:
    private_write(home.settings_file, b"old")
    with pytest.raises(UnicodeEncodeError):
        private_write(home.settings_file, "\ud800")
    assert home.settings_file.read_bytes() == b"old"
    assert list(home.root.glob(".*.tmp")) == []


def test_a_private_write_follows_a_link(home: Home, tmp_path: Path) -> None:
    kept = tmp_path / "in-a-repository.yaml"
    kept.write_text("old")
    home.connections_file.symlink_to(kept)
    private_write(home.connections_file, "new")
    assert home.connections_file.is_symlink()
    assert kept.read_text() == "new"


def test_what_a_killed_write_left_is_swept_but_never_a_write_under_way(home: Home) -> None:
    old, young = home.root / ".settings.yaml.0a.tmp", home.root / ".settings.yaml.0b.tmp"
    for path in (old, young):
        path.write_text("half")
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    home.ensure()
    assert not old.exists()
    assert young.exists()


@pytest.mark.promise("P23")
def test_a_second_writer_is_told_who_holds_the_lock_and_since_when(home: Home, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(Locked) as caught, home.lock("another sync"):
        raise AssertionError("two writers at once")
    assert caught.value.problem.exit_code == 75
    words = caught.value.problem.message
    assert re.search(rf"held by pid {holder.pid} since \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 \(a long sync\)", words)
    assert mode(home.lock_file) == "0o600"


@pytest.mark.promise("P23")
def test_the_lock_of_a_killed_owner_is_taken_over(home: Home, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    with home.lock("the next sync"):
        owner = json.loads(home.lock_file.read_text())
    assert owner["pid"] == os.getpid()
    assert owner["purpose"] == "the next sync"


def test_waiting_for_the_lock_gets_it_once_it_is_free(home: Home, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    with home.lock("patient", wait=30):
        assert json.loads(home.lock_file.read_text())["purpose"] == "patient"


def test_a_failure_under_the_lock_frees_it(home: Home) -> None:
    with pytest.raises(ZeroDivisionError), home.lock("broken"):
        _ = 1 / 0
    with home.lock("after"), pytest.raises(Locked), home.lock("twice in one process"):
        pass


def test_a_forked_child_does_not_free_its_parents_lock(home: Home) -> None:
    held = home.lock("parent")
    with held:
        child = os.fork()
        if child == 0:
            held.__exit__(None, None, None)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        with pytest.raises(Locked), home.lock("other"):
            pass


TRIAL = """
import sys, time
from pathlib import Path
from pipeline.home import Home
with Home(Path(sys.argv[1])).trial() as copy:
    copy.warehouse.write_bytes(b"a copy of everything")
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_copy_of_a_killed_what_if_is_removed_at_the_next_start_and_not_before(home: Home) -> None:
    with subprocess.Popen([sys.executable, "-c", TRIAL, str(home.root)], stdout=subprocess.PIPE, text=True) as trial:
        assert trial.stdout is not None
        assert trial.stdout.readline() == "held\n"
        home.ensure()
        assert list(home.root.glob(".what-if-*/warehouse.duckdb")), "it is at work"
        trial.kill()
    home.ensure()
    assert not list(home.root.glob(".what-if-*"))
