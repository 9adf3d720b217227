"""The published sample company, copied for each test, and campaigns over it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipeline.certification.deciding import By
from pipeline.certification.model import Review
from pipeline.certification.start import Options, start
from pipeline.home import Home
from pipeline.settings import Settings
from tests.conftest import DemoRun

NEEDED = ("certification.duckdb", "connections.yaml", "settings.yaml", "demo.json")


@pytest.fixture
def home(demo_run: DemoRun, tmp_path: Path) -> Home:
    """What reviews need of the sample company: its published file, and the manifests of its snapshots."""
    copied = Home(tmp_path / "reviewed")
    copied.ensure()
    for name in NEEDED:
        if (demo_run.home.root / name).exists():
            shutil.copy(demo_run.home.root / name, copied.root / name)
    shutil.copytree(demo_run.home.landing, copied.landing, dirs_exist_ok=True)
    return copied


@pytest.fixture
def people(home: Home) -> list[str]:
    """Addresses of people who work here and have no account outside the roster that is reviewed by nobody else."""
    query = """
        select email from identity.identities
        where employment_status = 'active' and is_in_roster and email is not null
        order by email
    """
    return [str(row["email"]) for row in rows(home, query)]


Start = Callable[..., Review]


@pytest.fixture
def started(home: Home, people: list[str]) -> Start:
    """Start a campaign named q4 with two fallbacks, unless told otherwise."""

    def run(**chosen: Any) -> Review:
        options = Options(**{"name": "q4", "fallbacks": tuple(people[:2]), **chosen})
        return start(home, options, Settings(), started_by="auditor", entered_by="root", now=datetime.now(UTC)).review

    return run


def rows(home: Home, query: str) -> list[dict[str, Any]]:
    """The answer of the published file."""
    with duckdb.connect(str(home.published), read_only=True) as connection:
        result = connection.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def change(home: Home, *statements: str) -> None:
    """Let a later sync have published something else: the directories are read an hour later, too."""
    with duckdb.connect(str(home.published)) as connection:
        connection.execute("update inventory.directories set as_of = as_of + interval 1 hour")
        for statement in statements:
            connection.execute(statement)


def by(who: str = "auditor") -> By:
    return By(who, "root", datetime.now(UTC))
