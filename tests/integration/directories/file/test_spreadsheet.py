"""xlsx: what Excel shows, text exactly, and no number or formula passed off as something else."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.exceptions import IllegalCharacterError

from tests.integration.directories.file.rosters import Roster


def workbook(folder: Path, rows: list[list[Any]], **sheets: list[list[Any]]) -> str:
    """Write rows to the first sheet and more sheets beside it; text stays text even where it starts with `=`."""
    book = Workbook()
    assert book.active is not None
    for sheet, content in [(book.active, rows), *[(book.create_sheet(name), more) for name, more in sheets.items()]]:
        for number, row in enumerate(content, start=1):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(number, column)
                cell.value = value
                if isinstance(value, str) and not value.startswith("=FORMULA"):
                    cell.data_type = "s"
    book.save(folder / "a.xlsx")
    return "a.xlsx"


def patched(folder: Path, part: str, change: Any) -> str:
    """Rewrite one part of a.xlsx."""
    source = io.BytesIO((folder / "a.xlsx").read_bytes())
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(folder / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return "a.xlsx"


def test_types_become_text_dates_and_truth_values(roster: Roster) -> None:
    header = ["employee_id", "display_name", "hired_on", "created_at", "is_enabled", "n", "f"]
    first = ["007", "=1+1", date(2024, 2, 29), datetime(2024, 1, 1, 3, 4, 5), True, 12345678901, 2.5]
    rows = roster.rows(workbook(roster.folder, [header, first, [8, "NA", None, "2024-05-06", "no", 3.0, None]]))
    assert rows[0]["native_id"] == "007"
    assert rows[0]["display_name"] == "=1+1"
    assert (rows[0]["hired_on"], rows[0]["created_at"]) == (datetime(2024, 2, 29), datetime(2024, 1, 1, 3, 4, 5))
    assert rows[0]["is_enabled"] is True
    assert rows[0]["attributes"] == {"n": "12345678901", "f": "2.5"}
    assert (rows[1]["native_id"], rows[1]["display_name"], rows[1]["is_enabled"]) == ("8", "NA", False)
    assert rows[1]["created_at"] == datetime(2024, 5, 6)
    assert rows[1]["attributes"] == {"n": "3"}


def test_rows_are_counted_as_excel_does(roster: Roster) -> None:
    content = [[], ["email", "title"], ["a@x", "t"], [None, " "], ["b@x", None]]
    assert [row["source_row"] for row in roster.rows(workbook(roster.folder, content))] == [3, 5]


def test_zeros_that_only_the_format_shows_are_kept(roster: Roster) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["employee_id"])
    book.active.append([42])
    book.active["A2"].number_format = "00000"
    book.save(roster.folder / "a.xlsx")
    assert roster.rows("a.xlsx")[0]["native_id"] == "00042"


def test_a_formula_is_its_saved_result_and_without_one_unknown(roster: Roster) -> None:
    name = workbook(roster.folder, [["email", "title", "status"], ["a@x", "=FORMULA()", "=FORMULA()"]])
    (row,) = roster.rows(name)
    assert sorted(row["invalid_fields"]) == ["status", "title"]
    calculated = b'<c r="B2" t="str"><f>FORMULA()</f><v>boss</v></c>'
    patched(
        roster.folder,
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(rb'<c r="B2"><f>FORMULA\(\)</f><v\s*(/>|></v>)</c>', calculated, xml),
    )
    (row,) = roster.rows("a.xlsx")
    assert (row["title"], row["invalid_fields"]) == ("boss", ["status"])
    assert row["attributes"] == {"status": "#a formula without a saved result"}


def test_an_error_in_a_cell_is_unknown_and_as_id_refused(roster: Roster) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["email", "title"])
    book.active.append(["a@x", "#N/A"])
    book.save(roster.folder / "a.xlsx")
    (row,) = roster.rows("a.xlsx")
    assert row["invalid_fields"] == ["title"]
    assert roster.refusal("a.xlsx", columns={"native_id": "title", "email": "email"}).code == "file_row_without_id"


def test_the_first_sheet_or_the_named_one_is_read(roster: Roster) -> None:
    name = workbook(roster.folder, [["email"], ["a@x"]], Leavers=[["email"], ["b@x"]])
    assert roster.rows(name)[0]["email"] == "a@x"
    assert roster.rows(name, sheet="Leavers")[0]["email"] == "b@x"
    problem = roster.refusal(name, sheet="Joiners")
    assert "no sheet 'Joiners'" in problem.message
    assert problem.remedy == "name one of Sheet, Leavers"


def test_a_wrong_dimension_hides_no_row(roster: Roster) -> None:
    workbook(roster.folder, [["email", "title"], ["a@x", "t"], ["b@x", "u"]])
    patched(roster.folder, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'ref="A1:B3"', b'ref="A1"'))
    assert [row["title"] for row in roster.rows("a.xlsx")] == ["t", "u"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ([["email", "email"], ["a", "b"]], "row 1: columns 1 and 2 are both called 'email'"),
        ([["email"], ["a", None, "c"]], "row 2: it has more cells than the 1 of the header"),
    ],
)
def test_a_sheet_that_contradicts_itself_is_refused_with_the_row(roster: Roster, content: Any, says: str) -> None:
    assert says in roster.refusal(workbook(roster.folder, content)).message


def test_what_is_no_workbook_is_refused(roster: Roster) -> None:
    whole = (roster.folder / workbook(roster.folder, [["email"], ["a@x"]])).read_bytes()
    for content in (b"", b"PK\x03\x04", b"a,b\n1,2\n", whole[:-200], whole[: len(whole) // 2]):
        problem = roster.refusal("a.xlsx", content)
        assert problem.code == "file_malformed"
        assert "it cannot be read as xlsx" in problem.message


@pytest.mark.promise("P12")
def test_entities_are_never_expanded(roster: Roster) -> None:
    workbook(roster.folder, [["email"], ["a@x"]])
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "AAAA"><!ENTITY b "&a;&a;">]>'
    patched(roster.folder, "xl/worksheets/sheet1.xml", lambda xml: bomb + xml.split(b"?>", 1)[-1])
    assert "EntitiesForbidden" in roster.refusal("a.xlsx").message


@pytest.mark.promise("P12")
def test_a_workbook_that_unpacks_to_a_thousandfold_is_refused_unread(roster: Roster) -> None:
    workbook(roster.folder, [["email"], ["a@x"]])
    patched(roster.folder, "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * 20_000_000)
    assert "would unpack to 20," in roster.refusal("a.xlsx").message


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), min_size=1, max_size=5))
def test_any_text_excel_can_hold_survives_exactly(roster: Roster, texts: list[str]) -> None:
    content = [["employee_id", "display_name"], *[[str(number), text] for number, text in enumerate(texts)]]
    try:
        name = workbook(roster.folder, content)
    except IllegalCharacterError:
        return
    assert [row["display_name"] for row in roster.rows(name)] == texts
