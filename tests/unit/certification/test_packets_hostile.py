"""More than 200 hostile names through workbooks, CSV and pages and back: nothing runs, and nothing is lost."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from pipeline.certification.campaigns import load_campaign
from pipeline.certification.packets.importing import take_all
from pipeline.home import Home
from pipeline.spreadsheets import unguarded
from pipeline.visible_text import visible
from tests.promises.plugin import PromiseCount
from tests.support.hostile import NAMES
from tests.unit.certification.returning import as_csv, download, fill, inside, packets
from tests.unit.certification.reviewing import NOW, evidence, item, started

FORMULA = ("=", "+", "-", "@", "\t", "\r")
EXCELS_OWN = ("_x003D_1+1", "_x202E_", "a_x000D_", "_x005F_x003D_1")
HOSTILE = [*NAMES, *EXCELS_OWN, "\ufffe", "\uffff", "\udc80"]
ITEMS = [
    item(
        number,
        username=name,
        display_name=name,
        what=name,
        recommendation_reason=name,
        reviewer_name=name if number == 0 else "Grace",
        evidence=evidence(owner=name, last_used=name),
    )
    for number, name in enumerate(HOSTILE)
]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, Path, Path]:
    home = Home(tmp_path_factory.mktemp("hostile") / "home")
    started(home, ITEMS)
    return home, *packets(home)


def acts(text: str) -> list[str]:
    """Characters that turn text around, hide in it, or control whatever shows it."""
    return [each for each in text if unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]


@pytest.mark.promise("P19", "P25")
def test_no_cell_of_a_workbook_is_a_formula_and_each_shows_its_name(
    given: tuple[Home, Path, Path], promise: PromiseCount
) -> None:
    _, workbook, _ = given
    rows = list(load_workbook(workbook)["Items"].iter_rows(min_row=2))
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} == {"s"}
    assert [cell.value for row in rows for cell in row if acts(cell.value or "")] == []
    for name, row in zip(HOSTILE, rows, strict=True):
        shown = unescape(row[0].value)  # as Excel shows it
        assert visible(name) in (shown, unguarded(shown)), name
    promise.count("hostile names", len(HOSTILE))


@pytest.mark.promise("P19")
def test_a_workbook_saved_as_csv_runs_nothing_when_it_is_opened_again(given: tuple[Home, Path, Path]) -> None:
    text = as_csv(given[1]).read_bytes().decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(FORMULA)] == []
    for separator in ";|\t":
        parts = [part.lstrip('"') for cell in cells for part in cell.split(separator)[1:]]
        assert [part for part in parts if part.startswith(("=", "+", "-", "@"))] == []


@pytest.mark.promise("P19")
def test_a_page_holds_no_markup_of_a_name_and_shows_every_one(given: tuple[Home, Path, Path]) -> None:
    page = given[2].read_text()
    assert page.count("<script") == page.count("</script>") == 2
    assert acts(page.replace("\n", "")) == []
    title = re.search("<title>(.*)</title>", page)
    assert title
    assert "<" not in title[1]
    columns = inside(given[2])["columns"]
    for key in ("account", "name", "what", "recommendation_reason", "last_used"):
        assert columns[key] == [visible(name) for name in HOSTILE]


@pytest.mark.promise("P19", "P25")
@pytest.mark.parametrize("kind", ["xlsx", "csv", "json"])
def test_decisions_about_hostile_names_with_hostile_comments_come_back_exactly(
    given: tuple[Home, Path, Path], kind: str, promise: PromiseCount
) -> None:
    home, workbook, page = given
    wanted = {each.item_id: ("revoke", _comment(name, kind)) for each, name in zip(ITEMS, HOSTILE, strict=True)}
    wanted = {item_id: said for item_id, said in wanted.items() if said[1] != "\udc80"}
    if kind == "json":
        file = download(page, wanted, ITEMS)
    else:
        fill(workbook, wanted)
        file = as_csv(workbook) if kind == "csv" else workbook
    imported = take_all(home, [file], "root", NOW, decided_by=f"by {kind}")[0]
    assert imported.refused == ()
    latest = load_campaign(home, "q4").latest
    assert {key: (str(each.decision), each.comment) for key, each in latest.items()} == wanted
    promise.count("hostile names", len(wanted))


def _comment(name: str, kind: str) -> str:
    """What of a name can be typed into a comment of that format: a workbook holds no controls and no formula."""
    if kind == "json":
        return name.replace("\0", "")[:2000]
    typed = re.sub("[\0-\x1f\ufffe\uffff]", "", name)[:2000]
    typed = typed.replace("_x", "x")  # openpyxl does not write it as Excel would
    return f"said: {typed}" if typed.startswith("=") else typed
