"""dbt's own commands: on a copy of the warehouse, before, during and after a sync, and without any effect on one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home
from pipeline.problems import Locked
from pipeline.warehouse.build import build
from pipeline.warehouse.dbt_command import run_dbt
from pipeline.warehouse.dbt_manifest import PROJECT, manifest_of
from pipeline.warehouse.open import warehouse
from tests.integration.warehouse.toy_project import write_toy

DBT = str(Path(sys.executable).with_name("dbt"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A toy whose profile has a default, as the real one's: dbt's own commands run without any home."""
    folder = write_toy(tmp_path / "project")
    profiles = folder / "profiles.yml"
    profiles.write_text(profiles.read_text().replace("'CERTIFY_WAREHOUSE'", "'CERTIFY_WAREHOUSE', ':memory:'"))
    return folder


def plain_dbt(project: Path, *words: str) -> None:
    """What an analytics engineer types in the project's folder."""
    environ = {name: value for name, value in os.environ.items() if name != "CERTIFY_WAREHOUSE"}
    quiet = ["--no-send-anonymous-usage-stats", "--no-version-check"]
    subprocess.run(
        [DBT, *quiet, *words, "--profiles-dir", str(project)], cwd=project, env=environ, check=True, capture_output=True
    )


@pytest.mark.promise("P34")
def test_plain_dbt_in_the_project_does_not_break_the_builds_of_homes(home: Home, project: Path) -> None:
    """It did: its parse cache named the catalog "memory", and syncs took it over."""
    plain_dbt(project, "ls")
    assert build(home, project=project).problem is None
    plain_dbt(project, "docs", "generate")
    (project / "models" / "first.sql").write_text("select 3 as id")  # so that the project is parsed anew
    assert build(home, project=project).problem is None
    plain_dbt(project, "clean")
    assert build(home, project=project).problem is None
    with duckdb.connect(str(home.warehouse)) as connection:
        assert connection.execute("select id from findings.third").fetchall() == [(3,)]


@pytest.mark.promise("P34")
@pytest.mark.parametrize("words", [["compile"], ["build", "--select", "+second"], ["docs", "generate"]], ids=" ".join)
def test_every_command_works_on_a_copy_and_leaves_the_warehouse_as_it_was(
    home: Home, project: Path, words: list[str]
) -> None:
    build(home, project=project)
    before = home.warehouse.read_bytes()
    parsed = manifest_of(project).stat().st_mtime_ns

    assert run_dbt(home, words, project=project) == 0

    assert home.warehouse.read_bytes() == before
    assert manifest_of(project).stat().st_mtime_ns == parsed
    assert (home.root / "dbt" / "warehouse.duckdb").stat().st_mode & 0o777 == 0o600
    assert not (project / "target").exists()


def test_before_the_first_sync_the_project_can_be_listed(home: Home, project: Path) -> None:
    assert run_dbt(home, ["ls"], project=project) == 0
    assert not home.warehouse.exists()


def test_what_dbt_objects_to_is_its_exit_code(home: Home, project: Path) -> None:
    assert run_dbt(home, ["build", "--select", "nothing", "--no-such-flag"], project=project) == 2


@pytest.mark.promise("P34")
def test_a_sync_under_way_is_waited_for_and_not_disturbed(home: Home, project: Path) -> None:
    build(home, project=project)
    with home.lock("certify sync"), warehouse(home):
        with pytest.raises(Locked, match="certify sync"):
            run_dbt(home, ["ls"], project=project, wait=0)
        answers: list[int] = []
        waiting = threading.Thread(target=lambda: answers.append(run_dbt(home, ["ls"], project=project)))
        waiting.start()
        waiting.join(1)
        assert not answers
    waiting.join(120)
    assert answers == [0]


def test_the_project_shipped_names_a_default_for_its_warehouse() -> None:
    """So that `dbt ls` and `dbt parse` work in a fresh clone."""
    assert "env_var('CERTIFY_WAREHOUSE', ':memory:')" in (PROJECT / "profiles.yml").read_text()
