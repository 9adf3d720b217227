"""Decisions by file: exact both ways, harmless to a spreadsheet, and all or none, with every bad line named."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.cli.render import csv_text
from pipeline.decisions.csv_file import COLUMNS, decision_row, iso, read_lines
from pipeline.decisions.exchange import ImportResult, import_lines
from pipeline.decisions.recording import DecisionContext, record
from pipeline.decisions.register import ABOUT_ACCOUNTS, ABOUT_FINDINGS, RegisterEntry, register
from pipeline.home import Home
from pipeline.ledger.decisions import Decision, Undoing, Verb, new_id
from pipeline.ledger.store import Ledger
from pipeline.strict_yaml.issues import InvalidFileError
from tests.unit.ledger.deciding import decision, undoing

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
CLERK = DecisionContext("auditor", "root", NOW)


def write(home: Home, *lines: str, columns: str = "verb,account_key,target,reason,expires_at,decided_by") -> Path:
    file = home.root / "decisions.csv"
    file.write_text("\n".join([columns, *lines]) + "\n", newline="")
    return file


def take(home: Home, file: Path) -> ImportResult:
    return import_lines(home, file, read_lines(file), CLERK)


def exported(home: Home) -> Path:
    file = home.root / "exported.csv"
    rows = [decision_row(entry) for entry in register(home, NOW, ABOUT_ACCOUNTS | ABOUT_FINDINGS)]
    file.write_text(csv_text(COLUMNS, rows), newline="")
    return file


def refused(home: Home, file: Path) -> list[str]:
    before = Ledger.of(home).read()
    with pytest.raises(InvalidFileError) as wrong:
        take(home, file)
    assert Ledger.of(home).read() == before, "nothing of the file was taken"
    return [f"{fault.line}: {fault.field}: {fault.text}" for fault in wrong.value.faults]


def test_lines_that_people_fill_in_become_decisions_with_names_looked_up(home: Home) -> None:
    file = write(
        home,
        "link,legacy,ada@example.com,asked her,,",
        "Kind,aws:DEPLOY,service,it deploys,2027-03-31,eve",
        "except,,f00d1234a,accepted,2027-03-31T12:00:00+02:00,",
        "owner,deploy,jan,his,,",
    )
    taken = take(home, file)
    assert [(str(each), each.decided_by) for each in taken.recorded] == [
        ("link aws:LEGACY ad:ada", "auditor"),
        ("kind aws:DEPLOY service", "eve"),
        ("except f00d1234aaaa", "auditor"),
        ("owner aws:DEPLOY people:E2", "auditor"),
    ]
    assert [each.expires_at for each in taken.recorded] == [
        None,
        datetime(2027, 3, 31, tzinfo=UTC),
        datetime(2027, 3, 31, 10, tzinfo=UTC),
        None,
    ]
    assert Ledger.of(home).read() == taken.recorded
    assert all((each.entered_by, each.entered_at) == ("root", NOW) for each in taken.recorded)


def test_the_same_file_twice_changes_nothing_the_second_time(home: Home) -> None:
    file = write(home, "link,legacy,ada,asked her,,", "kind,deploy,service,it deploys,2027-03-31,")
    take(home, file)
    before = Ledger.of(home).read()
    again = take(home, file)
    assert (again.recorded, again.undone, again.unchanged) == ([], [], 2)
    assert Ledger.of(home).read() == before


def test_a_line_nobody_filled_in_is_left_out_and_one_filled_in_by_half_is_named(home: Home) -> None:
    columns = "question,account_key,account,candidates,verb,target,reason"
    file = write(
        home, "ambiguous,aws:JAN,jan.nova @ aws,people:E2 (Jan),,,", "unmatched,aws:LEGACY,legacy,,,,", columns=columns
    )
    taken = take(home, file)
    assert (taken.recorded, taken.empty) == ([], 2)
    assert not home.ledger.exists(), "a file without decisions makes no ledger"
    file = write(home, "ambiguous,aws:JAN,,,link,,", "ambiguous,aws:JAN,,,,people:E2,", columns=columns)
    assert refused(home, file) == ["2: target: is missing", "3: verb: is missing"]


def test_every_line_that_cannot_be_taken_is_named_and_none_is_taken(home: Home) -> None:
    record(Ledger.of(home), CLERK.decision(Verb.KIND, "aws:DEPLOY", "service", "it deploys", None), {})
    [known] = Ledger.of(home).read()
    file = write(
        home,
        "link,legacy,people:E1,fine by itself,,",
        "link,nobody,people:E1,why,,",
        "link,twice,people:E1,why,,",
        "like,legacy,people:E1,why,,",
        "kind,legacy,robot,why,,",
        "kind,legacy,human,,,",
        "kind,legacy,human,why,soon,",
        "kind,legacy,human,why,2026-01-01,",
        "kind,deploy,human,why,,",
        "unlink,legacy,ad:ada,why,,",
        "except,,abcdef,why,2027-01-01,",
        "except,,f00d1234a,why,,",
        '"kind","aws:JAN","human","a reason',
        'over two lines",,',
        "kind,aws:JAN,service,why,,,,too many",
    )
    with pytest.raises(InvalidFileError) as wrong:
        take(home, file)
    assert [(fault.line, fault.text) for fault in wrong.value.faults] == [
        (16, "has 8 cells, and the first line names 6")
    ]
    lines = file.read_text().splitlines()
    file.write_text("\n".join(lines[:-1]))
    found = refused(home, file)
    assert [int(text.split(":")[0]) for text in found] == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]
    words = ["No such account", "Several accounts", "'like' is none of", "'robot' is no kind", "reason: is missing"]
    words += [
        "'soon' is no instant",
        "lies before",
        f"in the way: {known.decision_id}",
        "are linked",
        "No such finding",
    ]
    words += ["needs an end date"]
    for text, word in zip(found, words, strict=True):
        assert word in text


@pytest.mark.promise("P35")
def test_an_exported_ledger_is_rebuilt_exactly_in_a_new_home_and_imports_again_without_change(
    home: Home, tmp_path: Path
) -> None:
    kept = [
        decision("link", "aws:GONE", "people:GONE", reason="=cmd|' /C calc'!A0", expires_at=NOW + timedelta(days=1)),
        decision("except", None, "f9", expires_at=NOW - timedelta(days=1), decided_at=NOW - timedelta(days=9)),
        decision("kind", "aws:ADA", "human", undone=undoing(reason="'-1\r\n, \"")),
    ]
    with Ledger.of(home).writing() as writer:
        for each in kept:
            writer.record(each)
    file = exported(home)
    assert take(home, file).unchanged == 3
    assert Ledger.of(home).read() == kept
    other = Home(tmp_path / "other")
    other.ensure()
    assert len(take(other, file).recorded) == 3, "without anything published there"
    assert [told(each) for each in Ledger.of(other).read()] == [told(each) for each in kept]
    assert take(other, file).unchanged == 3


def told(each: Decision) -> Decision:
    """A decision without who typed it in, which no file tells."""
    undone = each.undone and replace(each.undone, entered_by="", entered_at=NOW)
    return replace(each, entered_by="", entered_at=NOW, undone=undone)


def test_a_decision_that_was_changed_in_the_file_is_refused_and_undoing_one_there_undoes_it(home: Home) -> None:
    first, second = decision("kind", "aws:ADA", "human"), decision("kind", "aws:JAN", "human")
    with Ledger.of(home).writing() as writer:
        writer.record(first)
        writer.record(second)
    file = exported(home)
    whole = file.read_text()
    file.write_text(whole.replace("human", "service", 1))
    [text] = refused(home, file)
    assert text.startswith("2: target: differs from the ledger. a decision is never changed")
    rows = list(csv.DictReader(io.StringIO(whole)))
    rows[0] |= {"undone_reason": "a mistake"}
    new = dict.fromkeys(COLUMNS, "") | {
        "verb": "kind",
        "account_key": "ada",
        "target": "shared",
        "reason": "is",
    }
    file.write_text(csv_text(COLUMNS, [[row[column] for column in COLUMNS] for row in [*rows, new]]))
    taken = take(home, file)
    assert (taken.undone, [str(each) for each in taken.recorded]) == ([first.decision_id], ["kind aws:ADA shared"])
    assert taken.unchanged == 1
    undone = Ledger.of(home).read()[0].undone
    assert undone == Undoing("auditor", NOW, "a mistake", "root", NOW)
    file.write_text(whole)
    assert take(home, file).unchanged == 2, "an older export brings nothing back"
    assert Ledger.of(home).read()[0].undone == undone


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "1: verb: is a column the file must have"),
        ("verb,account_key,target,reasn\n", "1: reasn: is no column of this file. did you mean reason?"),
        ("verb,verb,account_key,target,reason\n", "1: verb: is there twice"),
        ('verb,account_key,target,reason\n"kind,a', "2: : is not CSV (unexpected end of data)"),
    ],
)
def test_a_file_of_another_shape_is_told(home: Home, content: str, fault: str) -> None:
    file = home.root / "decisions.csv"
    file.write_text(content)
    assert fault in refused(home, file)


def test_a_file_that_is_no_text_or_not_there_is_told(home: Home) -> None:
    file = home.root / "decisions.csv"
    assert refused(home, file) == ["1: : cannot be read (No such file or directory)"]
    file.write_bytes("verb,account_key,target,reason\nkind,ada,human,caf\xe9\n".encode("latin-1"))
    assert refused(home, file) == ["1: : is not UTF-8. save it as CSV UTF-8"]


def test_what_spreadsheets_make_of_it_is_read_too(home: Home) -> None:
    file = home.root / "decisions.csv"
    file.write_bytes("\ufeffVerb;Account_Key;Target;Reason;;\r\nkind;ada;human;ünï;;\r\n;;;;;\r\n".encode())
    assert [each.reason for each in take(home, file).recorded] == ["ünï"]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)
KNOWN = ["=1+1", "'=1", "''+x", "-1", "@x", "\t=a", "\r=", 'a"b,c\nd', "'", "\ufeff=", "x\r\ny", ";"]
HOSTILE = st.one_of(TEXT, st.sampled_from(KNOWN)).filter(str.strip)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 30)).map(lambda each: each.replace(tzinfo=UTC))


@st.composite
def hostile_decisions(draw: st.DrawFn) -> Decision:
    undone = draw(st.none() | st.builds(Undoing, HOSTILE, INSTANTS, HOSTILE, st.just("root"), st.just(NOW)))
    key, target = draw(st.lists(HOSTILE, min_size=2, max_size=2, unique=True))
    decided_at = draw(INSTANTS)
    return Decision(
        decision_id=new_id(),
        verb=Verb.UNLINK,
        account_key=key,
        target=target,
        reason=draw(HOSTILE),
        decided_by=draw(HOSTILE),
        decided_at=decided_at,
        expires_at=decided_at + timedelta(microseconds=draw(st.integers(1, 10**15))),
        entered_by="root",
        entered_at=NOW,
        undone=undone,
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(hostile_decisions(), max_size=5, unique_by=lambda each: (each.account_key, each.target)))
def test_no_text_is_lost_or_run_on_its_way_through_a_file(tmp_path: Path, decisions: Sequence[Decision]) -> None:
    rows = [decision_row(entry) for entry in map(entry_of, decisions)]
    file = tmp_path / "decisions.csv"
    file.write_text(csv_text(COLUMNS, rows), newline="")
    for cells in csv.reader(io.StringIO(file.read_bytes().decode(), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    home = Home(tmp_path / new_id())
    home.ensure()
    assert len(take(home, file).recorded) == len(decisions)
    assert [told(each) for each in Ledger.of(home).read()] == [told(each) for each in decisions]
    assert take(home, file).unchanged == len(decisions)


def entry_of(decision: Decision) -> RegisterEntry:
    return RegisterEntry(decision, decision.state(NOW), "=account", "@target", is_applied=False)


def test_instants_keep_their_microseconds() -> None:
    assert iso(datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)) == "2026-01-02T03:04:05.000006Z"
    assert iso(None) == ""
