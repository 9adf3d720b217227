"""A home with a small published file, and `certify` run in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipeline.cli.app import main
from pipeline.home import Home
from tests.integration.cli.running import HOSTILE, Ran


@pytest.fixture
def certify(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Ran]:
    """Run `certify` in this process, far from the developer's own home and colours."""
    monkeypatch.setenv("CERTIFY_HOME", str(tmp_path / "home"))
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        code = main(arguments)
        captured = capsys.readouterr()
        return Ran(int(code), captured.out, captured.err)

    return run


@pytest.fixture
def published(tmp_path: Path) -> Home:
    """A home whose published file holds one table, with a hostile name in it."""
    home = Home(tmp_path / "home")
    home.root.mkdir(mode=0o700)
    with duckdb.connect(str(home.published)) as connection:
        connection.execute("create schema inventory")
        connection.execute("create table inventory.accounts (username varchar, seen timestamp, keys bigint)")
        connection.execute(
            "insert into inventory.accounts values ('zoë', '2026-11-24 03:15:00', 2), (?, null, -1)", [HOSTILE]
        )
    return home
