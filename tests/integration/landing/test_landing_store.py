"""The landing: an attempt is there whole or not at all, and only a complete one is ever current."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.home import Home
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.problems import CertifyError
from pipeline.settings import Settings
from tests.integration.landing.samples import COVERAGE, NOON, failed, land, snapshot

SERIES = ("file", "people")


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "landing" / "file" / "people"


def test_what_was_landed_is_read_back_the_same(landing: Landing) -> None:
    what = snapshot(5, evidence_as_of=NOON - timedelta(hours=3), account_id="012345678901")
    manifest = land(landing, what, run_id="run-7")
    assert landing.current(*SERIES) == manifest
    assert landing.attempts(*SERIES) == [manifest]
    for name, table in what.tables.items():
        assert landing.table(manifest, name).equals(table, check_metadata=True)
    assert (manifest.status, manifest.rows, manifest.run_id, manifest.strategy) == ("complete", 5, "run-7", "csv")
    assert (manifest.calls, manifest.retries, manifest.vanished) == (7, 2, 1)
    assert manifest.as_of == NOON.replace(tzinfo=UTC)
    assert manifest.evidence_as_of == (NOON - timedelta(hours=3)).replace(tzinfo=UTC)
    assert manifest.coverage == COVERAGE
    assert manifest.account_id == "012345678901"


def test_the_layout_and_the_manifest_are_plain_and_private(landing: Landing, folder: Path) -> None:
    os.umask(0o022)
    manifest = land(landing, snapshot())
    place = folder / manifest.snapshot_id
    assert sorted(path.name for path in place.iterdir()) == ["accounts.parquet", "groups.parquet", "manifest.json"]
    assert {oct(path.stat().st_mode & 0o777) for path in place.iterdir()} == {"0o600"}
    assert {oct(path.stat().st_mode & 0o777) for path in (place, *list(place.parents)[:3])} == {"0o700"}
    written = json.loads((place / "manifest.json").read_text())
    assert written["schema_version"] == 1
    assert written["as_of"] == "2026-11-24T12:00:00Z"
    assert written["tables"]["accounts"]["rows"] == 3
    assert len(written["tables"]["accounts"]["sha256"]) == 64
    assert Manifest.model_validate(written) == manifest


def test_ids_sort_by_the_instant_of_the_read_whenever_they_are_landed(landing: Landing) -> None:
    late = land(landing, snapshot(hour=2))
    early = land(landing, snapshot(hour=1))
    assert late.snapshot_id.startswith("20261124T140000Z-")
    assert landing.attempts(*SERIES) == [late, early]
    assert landing.current(*SERIES) == late


def test_of_two_attempts_of_one_instant_the_later_landed_is_the_newer(landing: Landing) -> None:
    manifests = [land(landing, snapshot(row + 1)) for row in range(20)]
    assert landing.attempts(*SERIES) == manifests[::-1]


def test_a_failed_attempt_is_recorded_and_never_current(landing: Landing) -> None:
    good = land(landing, snapshot(hour=0))
    bad = land(landing, failed(hour=1))
    assert bad.status == "failed"
    assert bad.problems[0].code == "no_rows"
    assert bad.rows is None
    assert landing.attempts(*SERIES) == [bad, good]
    assert landing.current(*SERIES) == good


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        (100, 79, "held"),
        (100, 80, "complete"),  # exactly 20 % less
        (100, 101, "complete"),
        (40, 31, "complete"),  # 22 %, but 9 rows
        (40, 30, "held"),  # 25 %, and 10 rows
        (9, 1, "complete"),
        (10, 0, "held"),
        (1, 0, "held"),  # empty: below the floor of 10 rows too
        (0, 0, "complete"),
    ],
)
def test_a_directory_that_shrank_by_more_than_allowed_is_held(
    landing: Landing, before: int, after: int, status: str
) -> None:
    good = land(landing, snapshot(before))
    manifest = land(landing, snapshot(after, hour=1))
    assert manifest.status == status
    assert manifest.previous_rows == before
    assert landing.current(*SERIES) == (good if status == "held" else manifest)


@pytest.mark.parametrize("limits", [{"max_shrink": 1.0}, {"max_shrink_rows": 10_000}])
def test_an_emptied_directory_is_held_whatever_the_limits_until_it_is_accepted(
    landing: Landing, limits: dict[str, float]
) -> None:
    good = land(landing, snapshot(3))
    held = land(landing, snapshot(0, hour=1), **limits)
    assert (held.status, held.problems[0].code, landing.current(*SERIES)) == ("held", "emptied", good)
    assert "3 in the last good snapshot (2026-11-24 12:00 UTC)" in held.held_reason
    accepted = land(landing, snapshot(0, hour=2), accept_shrink=True, **limits)
    assert landing.current(*SERIES) == accepted
    assert land(landing, snapshot(0, hour=3), **limits).status == "complete"


def test_a_held_attempt_says_why_and_can_be_looked_at(landing: Landing) -> None:
    land(landing, snapshot(100))
    held = land(landing, snapshot(50, hour=1))
    assert held.problems[0].code == "shrank"
    assert "50 rows in accounts, and 100 in the last good snapshot (2026-11-24 12:00 UTC)" in held.held_reason
    assert "--accept-shrink people" in held.problems[0].remedy
    assert landing.table(held, "accounts").num_rows == 50


def test_holding_compares_with_the_last_good_snapshot_until_a_person_accepts(landing: Landing) -> None:
    land(landing, snapshot(100))
    assert land(landing, snapshot(50, hour=1)).status == "held"
    land(landing, failed(hour=2))
    assert land(landing, snapshot(50, hour=3)).status == "held"
    accepted = land(landing, snapshot(50, hour=4), accept_shrink=True)
    assert (accepted.status, accepted.held_reason, accepted.previous_rows) == ("complete", "", 100)
    assert land(landing, snapshot(49, hour=5)).status == "complete"


def test_another_account_is_not_compared_with_the_one_before(landing: Landing) -> None:
    land(landing, snapshot(100, account_id="1"))
    assert land(landing, snapshot(1, hour=1, account_id="2")).status == "complete"


def test_pruning_keeps_the_newest_and_always_the_current_one(landing: Landing) -> None:
    old = land(landing, snapshot(hour=0))
    good = land(landing, snapshot(hour=1))
    later = [land(landing, failed(hour=2 + n)) for n in range(4)]
    assert landing.prune(*SERIES, keep=2) == 3
    assert landing.attempts(*SERIES) == [later[3], later[2], good]
    assert landing.prune(*SERIES, keep=2) == 0
    assert landing.table(good, "accounts").num_rows == 3
    with pytest.raises(CertifyError, match=r"accounts\.parquet of snapshot .* is missing"):
        landing.table(old, "accounts")


def test_connections_and_kinds_do_not_mix(landing: Landing) -> None:
    land(landing, snapshot(connection="people-2"))
    land(landing, snapshot(kind="aws_iam"))
    assert landing.current(*SERIES) is None
    assert landing.attempts(*SERIES) == []
    assert landing.prune(*SERIES, keep=1) == 0


@pytest.mark.parametrize("tamper", [lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\0"), Path.unlink])
def test_a_table_that_was_changed_or_taken_away_is_never_given(landing: Landing, folder: Path, tamper: object) -> None:
    manifest = land(landing, snapshot())
    assert callable(tamper)
    tamper(folder / manifest.snapshot_id / "accounts.parquet")
    with pytest.raises(CertifyError, match="A snapshot is not as it was written") as caught:
        landing.table(manifest, "accounts")
    assert caught.value.problem.code == "snapshot_damaged"
    assert caught.value.problem.connection == "people"
    assert landing.table(manifest, "groups").num_rows == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff", b'{"schema_version": 1}', "other", "escape"],
)
def test_a_manifest_that_was_changed_is_told_and_hides_no_other(
    landing: Landing, folder: Path, content: bytes | str
) -> None:
    good = land(landing, snapshot(hour=0))
    bad = land(landing, snapshot(hour=1))
    if content == "other":
        content = good.to_json().encode()
    elif content == "escape":
        content = bad.to_json().replace('"accounts.parquet"', '"../../secret"').encode()
    assert isinstance(content, bytes)
    (folder / bad.snapshot_id / "manifest.json").write_bytes(content)
    newest, other = landing.attempts(*SERIES)
    assert (newest.snapshot_id, newest.status, newest.problems[0].code) == (
        bad.snapshot_id,
        "failed",
        "snapshot_damaged",
    )
    assert other == good
    assert landing.current(*SERIES) == good


def test_a_manifest_of_a_version_that_wrote_no_endpoint_is_read(landing: Landing, folder: Path) -> None:
    landed = land(landing, snapshot(endpoint="http://127.0.0.1:5000"))
    assert landing.attempts(*SERIES) == [landed]
    older = json.loads(landed.to_json())
    assert older.pop("endpoint") == "http://127.0.0.1:5000"
    (folder / landed.snapshot_id / "manifest.json").write_text(json.dumps(older))
    assert landing.current(*SERIES) == landed.model_copy(update={"endpoint": None})


def test_a_name_that_leads_out_of_the_landing_is_refused(landing: Landing) -> None:
    for name in ("../x", "", ".", "a/b", "A"):
        with pytest.raises(ValueError, match="cannot be part"):
            landing.attempts("file", name)


def test_a_complete_snapshot_without_its_main_table_is_refused_unwritten(landing: Landing, folder: Path) -> None:
    with pytest.raises(ValueError, match="needs its table 'accounts'"):
        land(landing, snapshot(tables={}))
    assert not folder.exists()


def test_a_place_that_cannot_be_written_is_an_error_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "landing").write_text("a file")
    landing = Landing(tmp_path / "landing")
    with pytest.raises(CertifyError, match="Snapshots cannot be kept") as caught:
        land(landing, snapshot())
    assert caught.value.problem.code == "landing_unusable"


def test_many_writers_at_once_all_land_whole(landing: Landing, folder: Path) -> None:
    def write(number: int) -> Manifest:
        return land(landing, snapshot(number + 1), accept_shrink=True)

    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(write, range(40)))
    assert len({manifest.snapshot_id for manifest in written}) == 40
    found = landing.attempts(*SERIES)
    assert sorted(manifest.rows or 0 for manifest in found) == list(range(1, 41))
    assert all(landing.table(manifest, "accounts").num_rows == manifest.rows for manifest in found)
    assert [path for path in folder.iterdir() if path.name.startswith(".")] == []


def test_the_settings_say_where_the_landing_is(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert str(Landing.of(home, Settings())) == str(home.landing)
    assert str(Landing.of(home, Settings(landing="elsewhere"))) == str(tmp_path / "elsewhere")
    assert str(Landing.of(home, Settings(landing="/else"))) == "/else"


def test_an_empty_table_keeps_its_columns(landing: Landing) -> None:
    manifest = land(landing, snapshot(0))
    assert manifest.rows == 0
    assert landing.table(manifest, "accounts").schema.field("created_at").type == pa.timestamp("us")
