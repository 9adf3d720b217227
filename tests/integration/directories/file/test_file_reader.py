"""Reading a file as a directory: all of it or a failed attempt, with coverage that says how far it got."""

from __future__ import annotations

import itertools
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from pipeline.connections.models import FileConnection
from pipeline.directories.base import ACCOUNTS, Snapshot
from pipeline.directories.file import opening
from pipeline.directories.file.reader import FILE
from pipeline.directories.registry import directory_for
from pipeline.landing.store import Landing
from tests.integration.directories.file.rosters import NOON, Roster

GOOD = "email,title\na@x,t\nb@x,u\n"


def outcomes(snapshot: Snapshot) -> dict[str, str]:
    return {each.action: each.outcome for each in snapshot.coverage}


def test_a_file_is_a_complete_snapshot(roster: Roster) -> None:
    written_at = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    connection = roster.connection("a.csv", GOOD)
    os.utime(connection.path, (written_at.timestamp(), written_at.timestamp()))
    east = NOON.astimezone(timezone(timedelta(hours=5)))
    snapshot = FILE.read(connection, as_of=east, run_id="run")
    assert (snapshot.connection, snapshot.kind, snapshot.status, snapshot.strategy) == (
        "people",
        "file",
        "complete",
        "csv",
    )
    assert (snapshot.as_of, snapshot.main_table) == (NOON.replace(tzinfo=None), "accounts")
    assert snapshot.evidence_as_of == written_at.replace(tzinfo=None)
    assert snapshot.tables["accounts"].schema.equals(ACCOUNTS)
    assert snapshot.tables["accounts"]["source_row"].to_pylist() == [2, 3]
    assert [(each.action, each.outcome, each.rows) for each in snapshot.coverage] == [
        ("file:Open", "ok", 0),
        ("file:Parse", "ok", 2),
    ]
    assert snapshot.problems == ()


def test_a_file_written_after_the_read_began_is_no_older_evidence(roster: Roster) -> None:
    connection = roster.connection("a.csv", GOOD)
    assert FILE.read(connection, as_of=datetime(2000, 1, 1), run_id="run").evidence_as_of is None


def test_what_is_read_can_be_landed_and_read_back(roster: Roster, tmp_path: Path) -> None:
    snapshot = roster.read("a.csv", GOOD)
    landing = Landing(tmp_path / "landing")
    manifest = landing.write(snapshot, run_id="r", max_shrink=0.2, max_shrink_rows=10)
    assert landing.table(manifest, "accounts").equals(snapshot.tables["accounts"])


def test_the_kind_is_found_by_its_name() -> None:
    assert directory_for("file") is FILE


def test_progress_is_told(roster: Roster) -> None:
    told: list[tuple[Any, ...]] = []
    FILE.read(roster.connection("a.csv", GOOD), as_of=NOON, run_id="r", progress=lambda *args: told.append(args))
    assert told == [("people", "file:Parse", 0, None), ("people", "file:Parse", 2, 2)]


def test_a_missing_file_is_a_failed_attempt_that_names_it(roster: Roster) -> None:
    snapshot = roster.read("gone.csv")
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "file_missing")
    assert str(roster.folder / "gone.csv") in snapshot.problems[0].message
    assert outcomes(snapshot) == {"file:Open": "failed", "file:Parse": "not_tried"}
    assert (snapshot.coverage[0].error_code, snapshot.coverage[0].remedy) == ("ENOENT", snapshot.problems[0].remedy)


@pytest.mark.parametrize("kind", ["folder", "pipe", "large", "denied", "changing", "under-a-file"])
def test_what_cannot_be_opened_says_why(roster: Roster, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = roster.folder / "a.csv"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.write_text(GOOD * (80_000 if kind == "large" else 1))
    if kind == "denied":  # root may read anything, so the answer of the system is played
        monkeypatch.setattr(Path, "stat", lambda _: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    if kind == "changing":
        real = os.fstat
        sizes = itertools.count()
        monkeypatch.setattr(
            opening.os, "fstat", lambda fd: os.stat_result((*real(fd)[:6], next(sizes), *real(fd)[7:10]))
        )
    name = "a.csv/b.csv" if kind == "under-a-file" else "a.csv"
    snapshot = FILE.read(
        FileConnection(name="people", path=roster.folder / name, max_size_mb=1), as_of=NOON, run_id="r"
    )
    says = {
        "folder": "is a folder",
        "pipe": "is not a regular file",
        "large": "has 2 MB, more than max_size_mb: 1",
        "denied": "cannot be opened (Permission denied)",
        "changing": "was written to while it was read",
        "under-a-file": "does not exist",
    }
    assert snapshot.status == "failed"
    assert says[kind] in snapshot.problems[0].message
    assert outcomes(snapshot) == {"file:Open": "denied" if kind == "denied" else "failed", "file:Parse": "not_tried"}


def test_a_malformed_file_was_opened_and_not_parsed(roster: Roster) -> None:
    snapshot = roster.read("a.csv", 'email\n"a')
    assert outcomes(snapshot) == {"file:Open": "ok", "file:Parse": "failed"}
    assert snapshot.coverage[1].message == snapshot.problems[0].message
    assert dict(snapshot.tables) == {}


@pytest.mark.parametrize("content", ["", "\n \n", "email,title\n", "email,title\n,\n\n"])
@pytest.mark.parametrize("authoritative", [True, False])
def test_a_file_without_rows_is_whole_and_says_so(roster: Roster, content: str, authoritative: bool) -> None:
    snapshot = roster.read("a.csv", content, authoritative=authoritative)
    assert [problem.code for problem in snapshot.problems] == ["no_rows"]
    assert (snapshot.status, snapshot.tables["accounts"].num_rows) == ("complete", 0)


@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.ldif"])
def test_other_formats_may_be_empty_too(roster: Roster, name: str) -> None:
    snapshot = roster.read(name, "[]" if name == "a.json" else "")
    assert (snapshot.status, snapshot.problems[0].code) == ("complete", "no_rows")


def test_a_row_with_something_in_it_but_no_id_fails_the_file(roster: Roster) -> None:
    problem = roster.refusal("a.csv", "email,title\na@x,t\n,boss\n , \n  ,chief\n")
    assert problem.code == "file_row_without_id"
    assert "2 rows have no email (lines 3, 5)" in problem.message
    assert problem.message.startswith("Rows have no email")


def test_equal_rows_are_taken_once_and_told(roster: Roster) -> None:
    snapshot = roster.read("a.csv", "email,title\na@x,t\nb@x,u\na@x,t\na@x,t\n")
    assert snapshot.status == "complete"
    assert snapshot.tables["accounts"]["source_row"].to_pylist() == [2, 3]
    (note,) = snapshot.problems
    assert (note.code, note.exit_code) == ("file_duplicate_rows", 0)
    assert "2 rows are equal to an earlier one, lines 4 (as 2), 5 (as 2)" in note.message


@pytest.mark.parametrize("content", ["email,title\na@x,t\nb@x,u\na@x,T\n", "email,other\na@x,t\nb@x,u\na@x,\n"])
def test_rows_of_one_id_that_differ_fail_the_file_naming_both(roster: Roster, content: str) -> None:
    problem = roster.refusal("a.csv", content)
    assert problem.code == "file_duplicate_id"
    assert "line 2 and 4 ('a@x') and differ otherwise" in problem.message


def test_every_kind_of_refusal_is_told_at_once(roster: Roster) -> None:
    snapshot = roster.read("a.csv", "email,title\na@x,t\na@x,u\n,v\n")
    assert [problem.code for problem in snapshot.problems] == ["file_row_without_id", "file_duplicate_id"]


def test_cells_that_are_unknown_are_counted_by_column(roster: Roster) -> None:
    snapshot = roster.read("a.csv", "email,hired_on,is_enabled\na@x,2024-01-01,x\nb@x,soon,x\n")
    (note,) = snapshot.problems
    assert note.code == "file_cells_unknown"
    assert "2 of is_enabled, first in line 2; 1 of hired_on, first in line 3" in note.message


def test_a_file_larger_than_a_batch_keeps_every_row_in_order(roster: Roster) -> None:
    content = "employee_id\n" + "".join(f"{number}\n" for number in range(45_000))
    ids = roster.read("a.csv", content).tables["accounts"]["native_id"].to_pylist()
    assert ids == [str(number) for number in range(45_000)]


def steps(roster: Roster, name: str, content: str | None = None, **keys: Any) -> list[tuple[str, str]]:
    return [(step.name, step.outcome) for step in FILE.test(roster.connection(name, content, **keys))]


def test_trying_a_good_file_goes_through_every_step(roster: Roster) -> None:
    found = list(FILE.test(roster.connection("a.csv", GOOD + "c@x,w\n")))
    assert [(step.name, step.outcome) for step in found] == [
        ("file exists", "ok"),
        ("file can be read", "ok"),
        ("columns found", "ok"),
        ("rows can be read", "ok"),
    ]
    assert "title from 'title'" in found[2].detail
    assert found[3].detail == "3 rows, such as a@x, b@x, c@x"
    assert all(step.seconds >= 0 and step.required for step in found)


@pytest.mark.parametrize(
    ("name", "content", "keys", "failing"),
    [
        ("gone.csv", None, {}, 0),
        ("big.csv", "x" * 2_000_000, {"max_size_mb": 1}, 1),
        ("a.csv", GOOD, {"columns": {"email": "Mail"}}, 2),
        ("a.csv", "a,a\n", {}, 2),
        ("a.csv", "email,title\na@x\n", {}, 3),
        ("a.csv", "email\n", {"authoritative": True}, 3),
    ],
)
def test_trying_stops_at_what_fails_and_says_the_fix(
    roster: Roster, name: str, content: str | None, keys: dict[str, Any], failing: int
) -> None:
    found = list(FILE.test(roster.connection(name, content, **keys)))
    assert [step.outcome for step in found] == ["ok"] * failing + ["failed"] + ["not_tried"] * (3 - failing)
    assert found[failing].problem is not None
    assert found[failing].fix == found[failing].problem.remedy
    assert found[failing].detail == found[failing].problem.message


def test_a_roster_that_maps_nothing_about_employment_says_so_and_how_to_map_it(roster: Roster) -> None:
    snapshot = roster.read("hr.csv", "employee_id,email,Stato\nE1,a@corp.example,In forza\n", authoritative=True)
    [note] = snapshot.problems
    assert (snapshot.status, note.code) == ("complete", "roster_without_employment")
    assert "columns: {status: HEADER}" in note.remedy
    assert "Stato" in note.remedy
    for more in ({"lists_only_active": True}, {"columns": {"employee_id": "employee_id", "status": "Stato"}}):
        assert roster.read("hr.csv", authoritative=True, **more).problems == ()
    assert roster.read("hr.csv").problems == ()


def test_a_file_is_of_the_instant_it_was_written_and_never_of_the_future(roster: Roster) -> None:
    roster.connection("hr.csv", "native_id,status\nE1,Active\n")
    for seconds, noted in ((-3600, None), (200, None), (3600, "file_from_future")):
        written = NOON.timestamp() + seconds
        os.utime(roster.folder / "hr.csv", (written, written))
        snapshot = roster.read("hr.csv", authoritative=True)
        expected = NOON.replace(tzinfo=None) + timedelta(seconds=seconds) if seconds < 0 else None
        assert snapshot.evidence_as_of == expected
        assert [problem.code for problem in snapshot.problems] == ([noted] if noted else [])


def test_only_a_roster_can_list_only_active_people(roster: Roster) -> None:
    with pytest.raises(ValueError, match="add authoritative: true"):
        roster.connection("hr.csv", lists_only_active=True)
