"""What a snapshot may not do to the last good one: come from the future, or give everybody other identifiers."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.directories.base import Snapshot
from pipeline.landing.store import Landing
from tests.integration.landing.samples import NOON, failed, land, snapshot

SERIES = ("file", "people")
BY_NUMBER, BY_ADDRESS = "column EmployeeNumber", "column WorkEmail"


@pytest.fixture
def landing(tmp_path: Path) -> Landing:
    return Landing(tmp_path / "landing")


def listed(identifiers: list[str], *, hour: int, id_source: str = BY_NUMBER, people: int = 0) -> Snapshot:
    """Accounts with these identifiers; their addresses count from `people`."""
    emails = [f"person-{people + row}@corp.example" for row in range(len(identifiers))]
    table = pa.table({"native_id": pa.array(identifiers, pa.string()), "email": pa.array(emails, pa.string())})
    return snapshot(hour=hour, tables={"accounts": table}, id_source=id_source)


def numbers(count: int, start: int = 0) -> list[str]:
    return [str(number) for number in range(start, start + count)]


def addresses(count: int) -> list[str]:
    return [f"person-{row}@corp.example" for row in range(count)]


def at(hour: float) -> dict[str, object]:
    """The clock of a machine that lands now."""
    return {"finished_at": NOON.replace(tzinfo=UTC) + timedelta(hours=hour)}


@pytest.mark.promise("P26")
def test_a_snapshot_from_the_future_is_set_aside_and_never_shadows_a_later_one(landing: Landing) -> None:
    future = land(landing, snapshot(hour=1000), **at(1000))  # a machine whose clock was 42 days fast
    now = land(landing, snapshot(hour=1), **at(1))
    assert landing.current(*SERIES) == now
    assert landing.attempts(*SERIES) == [now]
    (problem,) = landing.from_the_future(*SERIES, now.finished_at).values()
    assert future.snapshot_id in problem.message
    assert "2027-01-05 04:00 UTC" in problem.message
    # the day it says comes, and nothing newer was read
    assert landing.current(*SERIES) == now
    assert list(landing.from_the_future(*SERIES, future.finished_at + timedelta(days=1))) == [future.snapshot_id]


def test_an_attempt_that_failed_finds_a_snapshot_from_the_future_too(landing: Landing) -> None:
    good = land(landing, snapshot(hour=0), **at(0))
    land(landing, snapshot(hour=1000), **at(1000))
    land(landing, failed(hour=1), **at(1))
    assert landing.current(*SERIES) == good


@pytest.mark.promise("P26")
@pytest.mark.parametrize(("minutes", "counts"), [(5, True), (6, False)])
def test_clocks_may_differ_by_five_minutes(landing: Landing, minutes: int, counts: bool) -> None:
    ahead = snapshot(as_of=NOON + timedelta(minutes=minutes))
    ahead_landed = land(landing, ahead, **at(1))
    own = land(landing, snapshot(hour=0), **at(0))
    assert landing.current(*SERIES) == (ahead_landed if counts else own)


def test_a_snapshot_that_was_set_aside_by_mistake_counts_again_without_its_mark(landing: Landing) -> None:
    good = land(landing, snapshot(hour=1000), **at(1000))
    land(landing, snapshot(hour=1), **at(1))
    (Path(str(landing)) / "file" / "people" / good.snapshot_id / "set-aside.json").unlink()
    assert landing.current(*SERIES) == good


def test_only_attempts_up_to_an_instant(landing: Landing) -> None:
    first = land(landing, snapshot(hour=0))
    land(landing, snapshot(hour=2))
    assert landing.attempts(*SERIES, not_after=first.as_of) == [first]
    assert landing.attempts(*SERIES, not_after=first.as_of - timedelta(seconds=1)) == []


@pytest.mark.parametrize("is_authoritative", [True, False])
@pytest.mark.parametrize("count", [3, 200])
def test_a_mapping_that_changes_the_identifiers_is_held(landing: Landing, count: int, is_authoritative: bool) -> None:
    good = land(landing, listed(numbers(count), hour=0))
    remapped = listed(addresses(count), hour=1, id_source=BY_ADDRESS)
    held = land(landing, remapped, is_authoritative=is_authoritative)
    assert (held.status, held.problems[0].code, landing.current(*SERIES)) == ("held", "ids_changed", good)
    assert f"0 of {count} identifiers" in held.held_reason
    assert "now comes from column WorkEmail, and came from column EmployeeNumber" in held.held_reason
    assert "--accept-shrink people" in held.problems[0].remedy


def test_accepted_identifiers_are_those_of_another_directory(landing: Landing) -> None:
    before = land(landing, listed(numbers(20), hour=0))
    accepted = land(landing, listed(addresses(20), hour=1, id_source=BY_ADDRESS), accept_shrink=True)
    after = land(landing, listed(addresses(21), hour=2, id_source=BY_ADDRESS))
    assert [each.status for each in (before, accepted, after)] == ["complete"] * 3
    assert before.directory_identity != accepted.directory_identity == after.directory_identity


@pytest.mark.parametrize(("left", "status"), [(10, "complete"), (9, "held")])
def test_a_mapping_may_change_as_long_as_half_of_the_identifiers_stay(landing: Landing, left: int, status: str) -> None:
    land(landing, listed(numbers(20), hour=0))
    now = listed([*numbers(left), *addresses(20 - left)], hour=1, id_source=BY_ADDRESS)
    assert land(landing, now).status == status


def test_accounts_listed_again_under_other_identifiers_are_held_unless_they_are_a_rosters(landing: Landing) -> None:
    land(landing, listed(numbers(20), hour=0))
    again = listed(numbers(20, start=500), hour=1)
    assert land(landing, again).problems[0].code == "ids_changed"
    assert land(landing, listed(numbers(20, start=500), hour=2), is_authoritative=True).status == "complete"


def test_other_accounts_under_other_identifiers_are_a_turnover(landing: Landing) -> None:
    land(landing, listed(numbers(20), hour=0))
    assert land(landing, listed(numbers(20, start=500), hour=1, people=500)).status == "complete"


@pytest.mark.parametrize("count", [1, 9, 200])
def test_a_roster_that_is_emptied_is_held_until_a_person_accepts_it(landing: Landing, count: int) -> None:
    good = land(landing, listed(numbers(count), hour=0), is_authoritative=True)
    held = land(landing, listed([], hour=1), is_authoritative=True)
    assert (held.status, held.problems[0].code, landing.current(*SERIES)) == ("held", "emptied", good)
    accepted = land(landing, listed([], hour=2), is_authoritative=True, accept_shrink=True)
    assert landing.current(*SERIES) == accepted
    assert land(landing, listed([], hour=3), is_authoritative=True).status == "complete", "it was accepted"


def test_a_roster_that_was_empty_from_the_start_is_held_and_any_other_directory_is_not(landing: Landing) -> None:
    assert land(landing, listed([], hour=0)).status == "complete"
    other = Landing(Path(str(landing)) / "other")
    held = land(other, listed([], hour=0), is_authoritative=True)
    assert (held.status, held.problems[0].code, other.current(*SERIES)) == ("held", "roster_empty", None)
    assert "--accept-shrink people" in held.problems[0].remedy
    assert land(other, listed([], hour=1), is_authoritative=True, accept_shrink=True).status == "complete"
