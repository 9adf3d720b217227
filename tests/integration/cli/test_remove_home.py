"""A home is deleted by one command only, which says what would be lost and asks."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.home import Home
from pipeline.problems import ExitCode
from tests.integration.cli.running import Ran

ROOT = Path(__file__).parents[3]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    chosen = Home(tmp_path / "home")
    chosen.ensure()
    chosen.connections_file.write_text("connections: []\n")
    (chosen.landing / "manifest.json").write_text("{}")
    return chosen


@pytest.mark.promise("P36")
def test_without_a_terminal_nothing_is_deleted_unless_said_so(certify: Callable[..., Ran], home: Home) -> None:
    ran = certify("remove-home")
    assert ran.code == ExitCode.REFUSED
    assert "connections" in ran.out
    assert "1 files" in ran.out
    assert "--yes-delete-everything" in ran.err
    assert home.connections_file.exists()
    assert certify("remove-home", "--yes-delete-everything").code == ExitCode.OK
    assert not home.root.exists()


@pytest.mark.promise("P36")
def test_a_folder_that_is_no_home_is_left_alone(certify: Callable[..., Ran], tmp_path: Path) -> None:
    other = tmp_path / "documents"
    other.mkdir()
    (other / "thesis.txt").write_text("years of work")
    ran = certify("remove-home", "--home", str(other), "--yes-delete-everything")
    assert ran.code == ExitCode.CONFIGURATION
    assert (other / "thesis.txt").read_text() == "years of work"


def test_while_a_sync_works_on_it_it_stays(certify: Callable[..., Ran], home: Home) -> None:
    with home.lock("certify sync"):
        assert certify("remove-home", "--yes-delete-everything").code == ExitCode.LOCKED
    assert home.connections_file.exists()


@pytest.mark.promise("P36")
def test_make_clean_deletes_no_home() -> None:
    """It deleted .certify with the ledger, which nothing can rebuild."""
    said = subprocess.run(["make", "--dry-run", "clean"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert ".venv" in said
    assert ".certify" not in said
