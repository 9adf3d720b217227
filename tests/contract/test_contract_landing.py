"""Every kind: what is landed and loaded of it, and what stays current when a read goes wrong."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.directories.base import Snapshot
from pipeline.home import Home
from pipeline.landing.extraction import extract
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.orchestration.checks.check_results import check_results, checks_of
from pipeline.progress import Progress, Step, silent
from pipeline.read_limits import CancelledReadError
from pipeline.settings import Settings
from pipeline.warehouse.load import load
from tests.contract.running import NOW, Running, people

pytestmark = [pytest.mark.promise("P9")]

SETTINGS = Settings()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    chosen = Home(tmp_path / "home")
    chosen.ensure()
    return chosen


@pytest.fixture
def landing(home: Home) -> Landing:
    return Landing.of(home, SETTINGS)


def land(
    running: Running, landing: Landing, hours: int, *, accept: bool = False, progress: Progress = silent
) -> Manifest:
    return extract(
        running.connection,
        landing=landing,
        settings=SETTINGS,
        as_of=NOW + timedelta(hours=hours),
        run_id="contract",
        accept_shrink=accept,
        progress=progress,
        directory=running.directory,
    )


def current(running: Running, landing: Landing) -> str:
    manifest = landing.current(running.kind, "contract")
    return manifest.snapshot_id if manifest else ""


def test_what_is_landed_is_what_was_read(running: Running, landing: Landing) -> None:
    running.put(people(12))
    running.read()  # AWS makes a credential report at the first read, and gives the same one for hours
    manifest = land(running, landing, 0)
    assert (manifest.status, manifest.rows) == ("complete", 12)
    for name, table in running.read().tables.items():
        assert landing.table(manifest, name).equals(table), name


def test_what_is_landed_loads_row_for_row(running: Running, landing: Landing, home: Home) -> None:
    running.put(people(12))
    manifest = land(running, landing, 0)
    result = load(home, landing, [running.connection], SETTINGS, NOW)
    assert result.loaded == {"contract": manifest.snapshot_id}
    for name, table in manifest.tables.items():
        assert result.rows[f"{running.kind}_{name}"] == table.rows


def test_a_directory_that_shrank_is_held_until_somebody_accepts_it(running: Running, landing: Landing) -> None:
    running.put(people(30))
    first = land(running, landing, 0)
    assert first.rows == 30
    running.drop(sorted(running.told())[:15])
    assert land(running, landing, 1).status == "held"
    assert current(running, landing) == first.snapshot_id
    accepted = land(running, landing, 2, accept=True)
    assert (accepted.status, accepted.rows) == ("complete", 15)
    assert current(running, landing) == accepted.snapshot_id


def test_losing_a_few_holds_nothing(running: Running, landing: Landing) -> None:
    running.put(people(30))
    land(running, landing, 0)
    running.drop(sorted(running.told())[:3])
    assert land(running, landing, 1).status == "complete"


def test_a_failed_attempt_is_kept_and_the_last_good_one_stays_current(running: Running, landing: Landing) -> None:
    running.put(people(12))
    good = land(running, landing, 0)
    running.gone()
    bad = land(running, landing, 1)
    assert (bad.status, bad.tables) == ("failed", {})
    assert current(running, landing) == good.snapshot_id
    assert [each.status for each in landing.attempts(running.kind, "contract")] == ["failed", "complete"]


def test_an_interrupted_read_lands_nothing(running: Running, landing: Landing) -> None:
    running.put(people(12))

    def stop(connection: str, stage: str, done: int, total: int | None) -> None:
        raise CancelledReadError

    with pytest.raises(CancelledReadError):
        land(running, landing, 0, progress=stop)
    assert landing.attempts(running.kind, "contract") == []


def test_a_reader_that_breaks_down_is_a_failed_attempt_without_its_secrets(running: Running, landing: Landing) -> None:
    secret = " ".join(running.secrets)

    class Broken:
        kind, main_table = running.kind, running.directory.main_table
        tables = running.directory.tables

        def read(self, *_: object, **__: object) -> Snapshot:
            raise RuntimeError(f"a defect, with {secret} in its words")

        def test(self, *_: object) -> list[Step]:
            return []

    running.directory = Broken()  # type: ignore[assignment]
    manifest = land(running, landing, 0)
    assert (manifest.status, manifest.problems[0].code) == ("failed", "unexpected")


@pytest.mark.parametrize("trouble", ["none", "empty", "gone"])
def test_every_check_of_the_kind_has_its_verdict(running: Running, landing: Landing, trouble: str) -> None:
    if trouble != "empty":
        running.put(people(12))
    if trouble == "gone":
        running.gone()
    manifest = land(running, landing, 0)
    found = check_results(manifest, dict)
    assert list(found) == list(checks_of(running.kind))
    states = {name: verdict.state for name, verdict in found.items()}
    if trouble == "none":
        assert set(states.values()) == {"passed"}
    elif trouble == "empty":
        assert [name for name, state in states.items() if state == "failed"] == ["returned_users"]
    else:
        assert list(states.values()).count("failed") == 1


def test_the_manifest_says_which_address_was_asked(running: Running, landing: Landing) -> None:
    url = os.environ["AWS_ENDPOINT_URL"] if running.kind.startswith("aws_") else getattr(running.connection, "url", "")
    running.put(people(2))
    manifest = land(running, landing, 0)
    if running.kind == "file":
        assert manifest.endpoint is None
    else:
        assert manifest.endpoint
        assert url.startswith(manifest.endpoint)
        assert urlsplit(manifest.endpoint).path == ""
    running.gone()
    assert land(running, landing, 1).status == "failed"
