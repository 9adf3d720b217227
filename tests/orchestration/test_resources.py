"""The home as a resource: found where it is said, read afresh, and written to by one step at a time."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from pipeline.home import Home
from pipeline.orchestration.resources import HomeResource


def test_the_home_is_the_one_named_or_the_environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTIFY_HOME", str(tmp_path / "of-the-environment"))
    assert HomeResource().home.root == tmp_path / "of-the-environment"
    assert HomeResource(root=str(tmp_path / "named")).home.root == tmp_path / "named"
    assert (tmp_path / "named").stat().st_mode & 0o777 == 0o700


def test_connections_and_settings_are_read_afresh(home: Home) -> None:
    resource = HomeResource(root=str(home.root))
    assert [connection.name for connection in resource.connections] == ["production", "staging", "people"]
    assert resource.settings.stale_after_days == 90
    home.settings_file.write_text("stale_after_days: 30\n")
    home.connections_file.write_text("connections: []\n")
    assert resource.connections == []
    assert resource.settings.stale_after_days == 30


def test_a_step_waits_its_turn_while_somebody_else_writes(home: Home) -> None:
    resource = HomeResource(root=str(home.root))
    with home.lock("certify sync"), pytest.raises(dg.RetryRequested), resource.writing("building"):
        pass
    with resource.writing("building"), pytest.raises(dg.RetryRequested), resource.writing("publishing"):
        pass


def test_a_sync_that_holds_the_lock_itself_is_not_kept_waiting(home: Home) -> None:
    with home.lock("certify sync"), HomeResource(root=str(home.root), is_locked=True).writing("building") as locked:
        assert locked.root == home.root
