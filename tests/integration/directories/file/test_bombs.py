"""A file that holds more than any list of people is refused before it is unpacked, in words, with little memory."""

from __future__ import annotations

import io
import json
import os
import time
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.connections.models import FileConnection
from pipeline.directories.file import limits, opening
from pipeline.landing.extraction import extract
from pipeline.landing.store import Landing
from pipeline.read_limits import ReadBudget, ReadLimits, within
from pipeline.settings import Settings
from tests.integration.directories.file.rosters import NOON, Roster

pytestmark = pytest.mark.promise("P37")


def packed(table: pa.Table, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **{"compression": "zstd", **options})
    return out.getvalue()


def workbook(sheet: str) -> bytes:
    """A workbook with that sheet as it stands."""
    from openpyxl import Workbook

    book, out, fixed = Workbook(), io.BytesIO(), io.BytesIO()
    book.save(out)
    with zipfile.ZipFile(out) as before, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else before.read(name))
    return fixed.getvalue()


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


def long_texts() -> bytes:
    """Rows of one text of a megabyte: 300 MB of text in a file of some kilobytes."""
    return packed(pa.table({"email": [f"{n}@x" for n in range(300)], "title": pa.array(["x" * 1_000_000] * 300)}))


def nested_texts() -> bytes:
    """The same inside lists, a thousand in each of a few rows."""
    tags = pa.array([["y" * 100_000] * 1000] * 4)
    return packed(pa.table({"email": [f"{n}@x" for n in range(4)], "tags": tags}))


def far_cell() -> bytes:
    cell = '<row r="{}"><c r="A{}" t="inlineStr"><is><t>email</t></is></c></row>'
    return workbook(SHEET.format(cell.format(1, 1) + cell.format(2_000_000_000, 2_000_000_000)))


def wide_rows() -> bytes:
    """Rows that are blank up to their last column: 655,000 cells in a few kilobytes."""
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>email</t></is></c></row>'
    return workbook(SHEET.format(head + "".join(f'<row r="{n}"><c r="XFD{n}"/></row>' for n in range(2, 42))))


BOMBS = [
    ("one-row-many-times.parquet", lambda: packed(pa.table({"email": ["a@x"] * 200_000})), "cannot hold 200,000 rows"),
    ("many-rows.parquet", lambda: packed(pa.table({"email": pa.array(range(2_000_001))})), "more than 2,000,000 rows"),
    ("long-texts.parquet", long_texts, "its cells hold more than 256 MB of text"),
    ("nested-texts.parquet", nested_texts, "its cells hold more than 256 MB of text"),
    ("wide.parquet", lambda: packed(pa.table({f"c{n}": ["x"] for n in range(3000)})), "3,000 columns"),
    ("long-cell.parquet", lambda: packed(pa.table({"email": ["x" * 2_000_000]})), "a cell of more than 1,048,576"),
    ("lists.parquet", lambda: packed(pa.table({"email": pa.array([[1] * 510_000])})), "more than 500,000 cells"),
    ("far.xlsx", far_cell, "no worksheet has more than 1,048,576 rows"),
    ("wide.xlsx", wide_rows, "more than 500,000 cells"),
    ("cell.csv", lambda: b"email\n" + b"x" * 2_000_000 + b"\n", "field larger than field limit"),
    ("cell.jsonl", lambda: json.dumps({"email": "x" * 2_000_000}).encode(), "a cell of more than 1,048,576"),
    ("cells.csv", lambda: b"email" + b",x" * 500_001, "more than 500,000 cells"),
    ("values.json", lambda: b"[" + b"1," * 500_001 + b"1]", "more than 500,000 cells"),
    ("deep.json", lambda: b'[{"email": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]", "it is nested too deeply"),
    ("wide.jsonl", lambda: b"\n".join(b'{"k%d": 1}' % n for n in range(3000)), "more than 2,000 columns"),
    ("wide.ldif", lambda: b"\n\n".join(b"dn: uid=%d\nuid: %d\na%d: x" % (n, n, n) for n in range(3000)), "attributes"),
]


@pytest.mark.parametrize(("name", "made", "says"), BOMBS, ids=[name for name, _, _ in BOMBS])
def test_a_bomb_is_refused_in_one_message(
    roster: Roster, name: str, made: Any, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_CELLS", 500_000)  # a hundredth: the files of these tests are as much smaller
    (roster.folder / name).write_bytes(made())
    problem = roster.refusal(name)
    assert (problem.code, says in problem.message) == ("file_malformed", True), problem.message


@pytest.mark.parametrize("name", ["one-row-many-times.parquet", "long-texts.parquet", "nested-texts.parquet"])
def test_a_bomb_costs_little_memory(roster: Roster, name: str) -> None:
    """Python's and Arrow's: before, each of these unpacked to between 200,000 rows and a gigabyte."""
    (roster.folder / name).write_bytes(next(made for each, made, _ in BOMBS if each == name)())
    before = pa.total_allocated_bytes()
    tracemalloc.start()
    roster.refusal(name)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000_000
    assert pa.total_allocated_bytes() - before < 10_000_000


def test_rows_and_cells_are_counted_in_every_format(roster: Roster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ROWS", 3)
    people = [{"email": f"{n}@x", "title": "t"} for n in range(4)]
    sheet = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>{text}</t></is></c></row>'
        for n, text in enumerate(["email", "a", "b", "c", "d"], start=1)
    )
    contents = {
        "a.csv": "\n".join(["email,title", *(f"{p['email']},t" for p in people)]).encode(),
        "a.json": json.dumps(people).encode(),
        "a.jsonl": "\n".join(map(json.dumps, people)).encode(),
        "a.ldif": "\n\n".join(f"dn: uid={n}\nobjectClass: account\nuid: {n}\nemail: {n}" for n in range(4)).encode(),
        "a.parquet": packed(pa.Table.from_pylist(people)),
        "a.xlsx": workbook(SHEET.format(sheet)),
    }
    for name, content in contents.items():
        assert "more than 3 rows" in roster.refusal(name, content).message, name


def test_a_pipe_that_takes_the_place_of_the_file_is_not_waited_for(
    roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = roster.connection("a.csv", "email\na@x\n")
    real, looked = opening._refuse_at_sight, []

    def swapped(connection: FileConnection, found: os.stat_result) -> None:
        real(connection, found)
        if not looked:
            connection.path.unlink()
            os.mkfifo(connection.path)
        looked.append(found)

    monkeypatch.setattr(opening, "_refuse_at_sight", swapped)
    assert "is not a regular file" in roster.refusal(connection.path.name).message


def test_no_more_is_read_of_a_file_that_grows_than_it_may_be_large(roster: Roster) -> None:
    path = roster.folder / "a.csv"
    path.write_bytes(b"x" * 3_000_000)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        assert len(opening._read(descriptor, 1_000_000)) == 1_000_001
    finally:
        os.close(descriptor)


def test_rows_past_the_deadline_are_not_waited_for(roster: Roster, tmp_path: Path) -> None:
    """A format may take long to unpack what is allowed; the read ends with the one problem of the deadline."""
    connection = roster.connection("a.csv", "email\n" + "".join(f"{n}@x\n" for n in range(300_000)))
    settings = Settings(read_deadline=timedelta(seconds=1))
    clock = iter(range(10**9))
    with within(ReadBudget(ReadLimits.of(settings), "people", clock=lambda: next(clock))):
        snapshot = opening_read(connection)
    assert [problem.code for problem in snapshot.problems] == ["read_took_too_long"]


def opening_read(connection: FileConnection) -> Any:
    from pipeline.directories.file.reader import FILE

    return FILE.read(connection, as_of=NOON, run_id="run")


def test_a_device_that_never_ends_is_not_read(roster: Roster, tmp_path: Path) -> None:
    (roster.folder / "a.csv").symlink_to("/dev/zero")
    began = time.monotonic()
    connection = FileConnection(name="people", path=roster.folder / "a.csv")
    manifest = extract(connection, landing=Landing(tmp_path / "l"), settings=Settings(), as_of=NOON, run_id="run")
    assert "is not a regular file" in manifest.problems[0].message
    assert time.monotonic() - began < 30
