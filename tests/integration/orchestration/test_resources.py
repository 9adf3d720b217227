"""The home as a resource: found where it is said, read afresh, and written to by one run at a time."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg
import pytest

from pipeline.home import Home
from pipeline.orchestration.resources import HomeResource, WriterLock, writer_lock
from pipeline.problems import Locked


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


def test_a_step_waits_its_turn_while_another_process_writes(home: Home) -> None:
    writer = WriterLock(HomeResource(root=str(home.root)))
    with home.lock("certify sync"), pytest.raises(dg.RetryRequested):
        writer.hold()
    assert writer.hold().root == home.root
    assert writer.hold().root == home.root, "it is held already"
    with pytest.raises(Locked):
        home.lock("another").__enter__()
    writer.release()
    with home.lock("another"):
        pass


def test_a_sync_that_holds_the_lock_itself_is_not_kept_waiting(home: Home) -> None:
    with home.lock("certify sync"):
        assert WriterLock(HomeResource(root=str(home.root), is_locked=True)).hold().root == home.root


@pytest.mark.parametrize("fails", [False, True])
def test_load_build_and_publication_of_one_run_are_one_lock(home: Home, fails: bool) -> None:
    """Between two steps of a run no other process may load: it would be published untested."""
    others: list[str] = []

    def another() -> str:
        try:
            with home.lock("another sync"):
                return "free"
        except Locked as error:
            return error.problem.message

    @dg.asset
    def loaded(writer: dg.ResourceParam[WriterLock]) -> None:
        others.append(another())
        writer.hold()

    @dg.asset(deps=[loaded])
    def between() -> None:
        others.append(another())

    @dg.asset(deps=[between])
    def published(writer: dg.ResourceParam[WriterLock]) -> None:
        writer.hold()
        others.append(another())
        if fails:
            raise ValueError("it failed")

    resources = {"home": HomeResource(root=str(home.root)), "writer": writer_lock}
    result = dg.materialize([loaded, between, published], resources=resources, raise_on_error=False)
    assert result.success is not fails
    assert others[0] == "free"
    assert all(f"held by pid {os.getpid()} since" in each for each in others[1:])
    assert another() == "free", "given back at the end of the run"
