"""A packet brings back what the reviewer decided, and nothing that cannot be verified."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.certification.campaigns import load_campaign, record_decisions, store_closing
from pipeline.certification.model import Closing, Item, Verdict
from pipeline.certification.packets.columns import COLUMNS
from pipeline.certification.packets.export import export, file_names
from pipeline.certification.packets.importing import Imported, take_all
from pipeline.home import Home
from tests.unit.certification.returning import as_csv, download, fill, inside, packets, rewrite, rows_of
from tests.unit.certification.reviewing import NOW, item, said, started

ITEMS = [item(number) for number in range(1, 5)]
DECIDED = {
    ITEMS[0].item_id: ("certify", ""),
    ITEMS[1].item_id: ("revoke", "left the team"),
    ITEMS[2].item_id: ("reduce", 'no billing; "really"\nnone'),
}


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("untouched") / "home")
    started(home, ITEMS)
    return home


@pytest.fixture
def home(untouched: Home, tmp_path: Path) -> Home:
    """A copy, because making a ledger takes longer than a test."""
    shutil.copytree(untouched.root, tmp_path / "home")
    return Home(tmp_path / "home")


def take(home: Home, file: Path, *, by: str | None = None, days: int = 0) -> Imported:
    return take_all(home, [file], "root", NOW + timedelta(days=days), decided_by=by)[0]


def decided(home: Home, name: str = "q4") -> dict[str, tuple[str, str]]:
    latest = load_campaign(home, name).latest
    return {item_id: (str(each.decision), each.comment) for item_id, each in latest.items()}


def xlsx(home: Home) -> Path:
    workbook, _ = packets(home)
    fill(workbook, DECIDED)
    return workbook


def csv(home: Home) -> Path:
    return as_csv(xlsx(home), ";")


def page(home: Home) -> Path:
    return download(packets(home)[1], DECIDED, ITEMS)


FORMATS = pytest.mark.parametrize("returned", [xlsx, csv, page])


@FORMATS
@pytest.mark.promise("P25")
def test_every_format_brings_the_decisions_back(home: Home, returned: Callable[[Home], Path]) -> None:
    imported = take(home, returned(home))
    assert (imported.added, imported.refused, imported.problem) == (3, (), None)
    assert decided(home) == DECIDED
    decision = load_campaign(home, "q4").latest[ITEMS[0].item_id]
    assert (decision.decided_by, decision.entered_by) == ("grace@corp.example", "root")
    assert decision.source.startswith((f"xlsx:{imported.sha256}", f"csv:{imported.sha256}", f"json:{imported.sha256}"))


@FORMATS
@pytest.mark.promise("P25")
def test_the_same_file_twice_changes_nothing(home: Home, returned: Callable[[Home], Path]) -> None:
    file = returned(home)
    take(home, file)
    before = load_campaign(home, "q4").decisions
    again = take(home, file, days=1)
    assert (again.added, again.unchanged, again.problem) == (0, 3, None)
    assert load_campaign(home, "q4").decisions == before


@FORMATS
def test_a_packet_that_is_sent_again_does_not_undo_what_was_decided_since(
    home: Home, returned: Callable[[Home], Path]
) -> None:
    file = returned(home)
    take(home, file)
    since = said(ITEMS[0], "revoke", "found out")
    record_decisions(home, "q4", [since], "auditor", "root", now=NOW + timedelta(hours=1))
    if file.suffix == ".json":
        document = json.loads(file.read_text())
        document["decisions"].append(
            {**document["decisions"][0], "item_id": ITEMS[3].item_id, "digest": ITEMS[3].digest}
        )
        file.write_text(json.dumps(document))
    else:
        workbook = file.with_suffix(".xlsx")
        fill(workbook, {**DECIDED, ITEMS[3].item_id: ("certify", "")})
        file = as_csv(workbook) if file.suffix == ".csv" else workbook
    assert take(home, file, days=1).added == 1
    assert decided(home)[ITEMS[0].item_id] == ("revoke", "found out")
    assert decided(home)[ITEMS[3].item_id] == ("certify", "")


def test_a_reviewer_who_changes_their_mind_twice_is_taken_at_the_last_word(home: Home) -> None:
    workbook, _ = packets(home)
    for days, verdict in enumerate(("certify", "revoke", "certify")):
        fill(workbook, {ITEMS[0].item_id: (verdict, ""), ITEMS[1].item_id: ("unsure", f"day {days}")})
        assert take(home, workbook, days=days).added == 2
    assert decided(home)[ITEMS[0].item_id] == ("certify", "")


def test_a_download_does_not_win_over_a_later_decision(home: Home) -> None:
    file = page(home)
    record_decisions(home, "q4", [said(ITEMS[0], "revoke", "x")], "auditor", "root", now=NOW + timedelta(hours=1))
    imported = take(home, file, days=1)
    assert [(row.row, row.reason) for row in imported.refused] == [
        (1, "auditor decided later, on 2026-11-25 10:00 UTC: revoke")
    ]
    assert decided(home)[ITEMS[0].item_id] == ("revoke", "x")
    assert imported.added == 2


@pytest.mark.promise("P25")
def test_each_bad_row_is_named_with_its_reason_and_the_good_ones_are_taken(home: Home) -> None:
    started(home, [item(9)], name="q3", campaign_id="c-0000000003")

    def damaged(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        first, second, third, fourth = rows
        first["Decision"] = "CERTIFY "
        second.update({"Decision": "revoke", "Digest": "0" * 64})
        third.update({"Decision": '=IF(TRUE,"certify","revoke")'})
        fourth.update({"Decision": "keep"})
        other = {**first, "Campaign": "q3"}
        unknown = {**first, "Campaign": "q9"}
        comment = {**second, "Decision": None, "Comment": "only this"}
        return [fourth, third, second, first, other, unknown, comment]

    workbook, _ = packets(home)
    rewrite(workbook, damaged)
    imported = take(home, workbook)
    assert decided(home) == {ITEMS[0].item_id: ("certify", "")}
    assert decided(home, "q3") == {}
    assert [(row.row, row.reason) for row in imported.refused] == [
        (2, "'keep' is no decision; it is one of certify, revoke, reduce, unsure"),
        (3, "Decision: is a formula; write the value itself"),
        (4, "the digest is not the item's: the row was changed, or belongs to another campaign"),
        (6, f"'{ITEMS[0].item_id}' is no item of campaign q3"),
        (7, "there is no campaign 'q9'"),
        (8, "there is a comment and no decision"),
    ]
    assert imported.problem is not None
    assert imported.problem.code == "packet_rows_refused"
    assert "6 of the 7 decisions" in imported.problem.message


def test_two_rows_that_contradict_each_other_are_both_refused(home: Home) -> None:
    def doubled(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        rows[0]["Decision"] = rows[1]["Decision"] = "certify"
        forged = {**rows[1], "Decision": "revoke", "Digest": "f" * 64}
        return [rows[0], {**rows[0], "Decision": "revoke"}, rows[1], rows[1], forged]

    workbook, _ = packets(home)
    rewrite(workbook, doubled)
    imported = take(home, workbook)
    assert decided(home) == {ITEMS[1].item_id: ("certify", "")}, "a forged row takes no good one with it"
    assert [row.row for row in imported.refused] == [2, 3, 6]


def test_evidence_that_was_overwritten_is_not_believed(home: Home) -> None:
    workbook, _ = packets(home)

    def forged(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        rows[0].update({"Decision": "certify", "Account": "eve", "Recommended": "certify", "Privileged": "no"})
        return rows

    rewrite(workbook, forged)
    assert take(home, workbook).added == 1
    review = load_campaign(home, "q4")
    assert review.latest[ITEMS[0].item_id].access == dict(ITEMS[0].access)
    assert review.by_id[ITEMS[0].item_id] == ITEMS[0]


def test_who_decided_is_as_stated_and_who_imported_as_known(home: Home) -> None:
    workbook, _ = packets(home)

    def stated(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        rows[0].update({"Decision": "certify", "Decided by (if not the reviewer)": "deputy@corp.example"})
        rows[1].update({"Decision": "certify"})
        return rows

    rewrite(workbook, stated)
    take(home, workbook)
    latest = load_campaign(home, "q4").latest
    assert [latest[each.item_id].decided_by for each in ITEMS[:2]] == ["deputy@corp.example", "grace@corp.example"]
    other = download(packets(home)[1], {ITEMS[2].item_id: ("unsure", "")}, ITEMS, decided_by=" Alan ")
    take(home, other)
    assert load_campaign(home, "q4").latest[ITEMS[2].item_id].decided_by == "Alan"
    take(home, download(packets(home)[1], {ITEMS[3].item_id: ("certify", "")}, ITEMS), by="board")
    assert load_campaign(home, "q4").latest[ITEMS[3].item_id].decided_by == "board"


def test_nothing_of_a_closed_campaign_is_taken(home: Home) -> None:
    file = page(home)
    store_closing(home, "q4", lambda _: Closing("auditor", NOW, "root", {"outcomes": {}}))
    imported = take(home, file)
    assert decided(home) == {}
    assert {row.reason for row in imported.refused} == {"campaign q4 is closed"}


def test_columns_may_be_moved_and_notes_added(home: Home) -> None:
    workbook, _ = packets(home)
    labels = ["My notes", *reversed([column.label for column in COLUMNS])]

    def noted(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        rows[0].update({"Decision": "certify", "My notes": "ask Bob"})
        return list(reversed(rows))

    rewrite(workbook, noted, labels)
    assert take(home, workbook).added == 1


BOMB = io.BytesIO()
with zipfile.ZipFile(BOMB, "w", zipfile.ZIP_DEFLATED) as _archive:
    _archive.writestr("xl/worksheets/sheet1.xml", b" " * (65 * 1024 * 1024))
NO_PACKETS = {
    "empty": (b" \n", "is empty"),
    "page": (b"<!doctype html><html>", "is the page itself"),
    "old workbook": (b"\xd0\xcf\x11\xe0rest", "is an old or an encrypted workbook"),
    "broken workbook": (b"PK\x03\x04rest", "cannot be read as .xlsx"),
    "bomb": (BOMB.getvalue(), "would unpack to 68,157,440"),
    "other CSV": (b"name,mail\nada,a@example.org\n", "has no column Decision, Campaign, Item, Digest"),
    "doubled column": (b"Decision,Decision,Campaign,Item,Digest\n", "has the column Decision twice"),
    "deep JSON": (b"[" * 100_000, "is damaged: it is no JSON"),
    "other JSON": (b'{"decisions": []}', "holds no decisions of a review page"),
    "later JSON": (b'{"format": "certify-decisions", "version": 2}', "is of another version"),
    "no list": (b'{"format": "certify-decisions", "version": 1, "decisions": {}}', "holds no list"),
    "no campaign": (b'{"format": "certify-decisions", "version": 1, "decisions": []}', "does not say its campaign"),
    "binary": (b"\x00\x01\x02\xff" * 50, "cannot be read as CSV"),
}


@pytest.mark.parametrize("name", NO_PACKETS)
def test_a_file_that_is_no_packet_is_refused_in_words(home: Home, tmp_path: Path, name: str) -> None:
    content, reason = NO_PACKETS[name]
    file = tmp_path / "file"
    file.write_bytes(content)
    problem = take(home, file).problem
    assert problem is not None
    assert problem.code == "packet_unreadable"
    assert reason in problem.message
    assert decided(home) == {}


def test_what_is_no_regular_file_is_not_waited_for(home: Home) -> None:
    for file in (Path("/dev/zero"), home.root, home.root / "missing"):
        problem = take(home, file).problem
        assert problem is not None
        assert problem.code == "packet_unreadable"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("text", "its item_id is no text"),
        ({"decision": 1}, "its decision is no text"),
        ({"decided_at": "yesterday"}, "its decided_at is no instant"),
        ({"decided_at": "2026-11-25T09:00:00"}, "its decided_at is no instant"),
        ({"decided_at": "2027-11-25T09:00:00Z"}, "it was decided in the future"),
        ({"decided_at": "2025-11-25T09:00:00Z"}, "it was decided before the campaign started"),
        ({"item_id": "i" * 10_000}, "its item_id has more than 200 characters"),
        ({"comment": "\ud800"}, "comment: holds characters that no database keeps"),
        ({"comment": "x" * 2001}, "comment: is longer than 2000 characters"),
        ({"decision": "reduce"}, "a reduce needs a comment"),
    ],
)
def test_each_row_of_a_download_is_checked(home: Home, row: object, reason: str) -> None:
    file = download(packets(home)[1], {ITEMS[0].item_id: ("certify", ""), ITEMS[1].item_id: ("certify", "")}, ITEMS)
    document = json.loads(file.read_text())
    good = document["decisions"][0]
    document["decisions"][0] = {**good, **row} if isinstance(row, dict) else row
    file.write_text(json.dumps(document))
    imported = take(home, file)
    assert [each.row for each in imported.refused] == [1]
    assert reason in imported.refused[0].reason
    assert decided(home) == {ITEMS[1].item_id: ("certify", "")}


def test_a_packet_shows_what_is_decided_already_and_does_not_decide_it_again(home: Home) -> None:
    record_decisions(home, "q4", [said(ITEMS[0], "certify", "asked")], "ada", "root", now=NOW)
    workbook, html = packets(home)
    assert rows_of(workbook)[0]["Recorded so far"] == "certify by ada, 2026-11-25 09:00: asked"
    assert inside(html)["columns"]["recorded_decision"] == ["certify", "", "", ""]
    imported = take(home, workbook)
    assert (imported.added, imported.empty, imported.problem) == (0, 4, None)


def test_each_reviewer_gets_their_own_items_alone(home: Home) -> None:
    others = [item(1), item(2, reviewer="alan@corp.example", reviewer_name="Alan Turing")]
    started(home, others, name="q5", campaign_id="c-0000000005")
    exported = export(home, "q5", None, NOW)
    assert exported.folder == home.exports / "reviews" / "q5"
    assert [(each.reviewer, each.items) for each in exported.packets] == [
        ("alan@corp.example", 1),
        ("grace@corp.example", 1),
    ]
    assert [row["Item"] for row in rows_of(exported.packets[0].xlsx)] == [others[1].item_id]
    assert inside(exported.packets[0].html)["columns"]["item_id"] == [others[1].item_id]
    assert {oct(path.stat().st_mode & 0o777) for path in exported.folder.iterdir()} == {"0o600"}


def test_no_reviewer_writes_outside_the_folder_or_over_another() -> None:
    names = file_names(["../../x", "a@b.c", "A@B.C", "/", "", "x" * 300, "é"])
    assert len({name.casefold() for name in names.values()}) == len(names)
    assert not [name for name in names.values() if "/" in name or name.startswith(".") or len(name) > 90]


def test_a_workbook_lets_a_reviewer_write_decisions_and_nothing_else(home: Home) -> None:
    sheet = load_workbook(packets(home)[0])["Items"]
    assert sheet.protection.sheet
    assert not sheet.protection.autoFilter  # false: may be used
    unlocked = {
        sheet.cell(1, cell.column).value
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if not cell.protection.locked
    }
    assert unlocked == {"Decision", "Comment", "Decided by (if not the reviewer)"}
    assert all(cell.protection.locked for cell in sheet[1])
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C2", "A1:Y5")
    choice = sheet.data_validations.dataValidation[0]
    assert (choice.type, choice.formula1, str(choice.sqref)) == ("list", f'"{",".join(Verdict)}"', "C2:C5")
    written = {
        cell.number_format
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.value or not cell.protection.locked
    }
    assert written == {"@"}


def test_ones_own_access_is_marked_and_needs_a_comment(home: Home) -> None:
    own: Item = item(1, person_names=("grace@corp.example",))
    started(home, [own], name="q6", campaign_id="c-0000000006")
    _, html = packets(home, "q6")
    assert inside(html)["columns"]["is_own"] == [True]
    refused = take(home, download(html, {own.item_id: ("certify", "")}, [own])).refused
    assert "decides about their own access" in refused[0].reason
    assert take(home, download(html, {own.item_id: ("certify", "nobody else knows it")}, [own])).added == 1
