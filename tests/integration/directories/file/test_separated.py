"""csv and tsv: text as it stands, whatever the encoding and separator, and no row cut or shifted in silence."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.directories.file.rosters import Roster

ID = {"columns": {"employee_id": "id", "display_name": "name"}}


def names(rows: list[dict[str, object]]) -> list[object]:
    return [row.get("display_name") for row in rows]


def test_text_that_looks_like_something_else_stays_text(roster: Roster) -> None:
    rows = roster.rows("a.csv", "id,name\n007,NA\n012345678901,null\n1e5,None\n0x1F,nan\nTRUE,=1+1\n", **ID)
    assert [row["native_id"] for row in rows] == ["007", "012345678901", "1e5", "0x1F", "TRUE"]
    assert names(rows) == ["NA", "null", "None", "nan", "=1+1"]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", None),
        ("utf-32", None),
        ("utf-16-le", "utf-16-le"),
        ("utf-8-sig", "utf-8"),
        ("latin-1", "latin-1"),
        ("cp1250", "cp1250"),
        ("cp1252", "cp1252"),
    ],
)
def test_encodings_that_are_marked_or_declared_are_read_without_a_word(
    roster: Roster, encoding: str, declared: str | None
) -> None:
    snapshot = roster.read("a.csv", "id,name\n1,Zoë Müller\n".encode(encoding), encoding=declared, **ID)
    assert snapshot.tables["accounts"]["display_name"].to_pylist() == ["Zoë Müller"]
    assert snapshot.tables["accounts"]["native_id"].to_pylist() == ["1"]
    assert snapshot.problems == ()


def test_an_undeclared_encoding_is_read_as_cp1252_and_told(roster: Roster) -> None:
    snapshot = roster.read("a.csv", "id,name\n1,Zoë “x” €\n".encode("cp1252"), **ID)
    assert snapshot.tables["accounts"]["display_name"].to_pylist() == ["Zoë “x” €"]
    (note,) = snapshot.problems
    assert (note.code, note.exit_code) == ("file_encoding_guessed", 0)
    assert "was read as cp1252" in note.message


@pytest.mark.parametrize(
    ("content", "declared", "says"),
    [
        (b"id,name\n1,\x81\n", None, "line 2: it is neither UTF-8 nor cp1252"),
        (b"id,name\n1,a\n2,\xff\n", "utf-8", "line 3: byte 15 is not utf-8"),
        ("id,name\n1,é\n".encode("utf-16-le"), None, "NUL bytes"),
        (b"\xff\xfea", None, "is not utf-16"),
    ],
)
def test_bytes_that_are_no_text_are_refused(roster: Roster, content: bytes, declared: str | None, says: str) -> None:
    problem = roster.refusal("a.csv", content, encoding=declared, **ID)
    assert problem.code == "file_malformed"
    assert says in problem.message
    assert "encoding:" in problem.remedy


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(roster: Roster, separator: str) -> None:
    lines = [["id", "name", "note, or; so|"], ["1", "Ada, Countess; of|", "x"], ["2", "Bob", ""]]
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(lines)
    rows = roster.rows("a.csv", text.getvalue(), **ID)
    assert names(rows) == ["Ada, Countess; of|", "Bob"]


def test_the_separator_that_finds_the_wanted_headers_wins(roster: Roster) -> None:
    rows = roster.rows("a.csv", "id;name;a,b,c,d\n1;x;1,2,3,4\n", **ID)
    assert (rows[0]["display_name"], rows[0]["attributes"]) == ("x", {"a,b,c,d": "1,2,3,4"})


def test_a_declared_separator_and_a_tsv_are_not_guessed(roster: Roster) -> None:
    assert roster.rows("a.csv", "id|name\n1|a,b\n", separator="pipe", **ID)[0]["display_name"] == "a,b"
    assert roster.rows("a.tsv", "id\tname\n1\ta,b;c|d\n", **ID)[0]["display_name"] == "a,b;c|d"


def test_a_single_column_is_enough(roster: Roster) -> None:
    assert [row["native_id"] for row in roster.rows("a.csv", "email\na@x.org\nb@x.org\n")] == ["a@x.org", "b@x.org"]


def test_lines_are_counted_as_an_editor_does(roster: Roster) -> None:
    rows = roster.rows("a.csv", '\n\nid,name\r\n1,"two\r\nlines"\r\n\r\n,\n2,x\n', **ID)
    assert [(row["source_row"], row["display_name"]) for row in rows] == [(4, "two\r\nlines"), (8, "x")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id,name\n1,a\n2\n", "line 3: 1 cells, but the header has 2"),
        ("id,name\n1,a\n2,b,c\n", "line 3: 3 cells, but the header has 2"),
        ('id,name\n1,"a\nb"\n2,b,c\n', "line 4: 3 cells"),
        ('id,name\n1,"a\n2,b\n3,c\n', "line 2: unexpected end of data"),
        ('id,name\n1,"a"b\n', "line 2: ',' expected after"),
        ("id,name,id\n1,a,2\n", "line 1: columns 1 and 3 are both called 'id'"),
        ("id,name, id \n1,a,2\n", "line 1: columns 1 and 3 are both called 'id'"),
        (",".join(f"c{n}" for n in range(2001)) + "\n", "2,001 columns"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused_with_the_line(roster: Roster, content: str, says: str) -> None:
    problem = roster.refusal("a.csv", content, separator="comma", **ID)
    assert problem.code == "file_malformed"
    assert says in problem.message


def test_columns_that_are_empty_throughout_harm_nobody(roster: Roster) -> None:
    rows = roster.rows("a.csv", "id,name,,\n1,a,,\n2,b\n3,c,,,,\n", **ID)
    assert names(rows) == ["a", "b", "c"]
    (row,) = roster.rows("b.csv", "id,,name\n1,kept,a\n", **ID)
    assert row["attributes"] == {"column 2": "kept"}


def test_a_cell_of_a_million_characters_is_a_cell(roster: Roster) -> None:
    assert names(roster.rows("a.csv", f"id,name\n1,{'x' * 1_000_000}\n", **ID)) == ["x" * 1_000_000]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_any_text_survives_exactly(roster: Roster, texts: list[str], separator: str, encoding: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "name", "more"])
    writer.writerows([str(number), text, text] for number, text in enumerate(texts))
    rows = roster.rows("a.csv", out.getvalue().encode(encoding), **ID)
    assert [row.get("display_name", "") for row in rows] == texts
    assert [row["attributes"].get("more", "") for row in rows] == texts


@pytest.mark.promise("P12")
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet='ab,;|\t"\n\r\x00é', max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused_never_a_traceback(roster: Roster, content: bytes) -> None:
    for name in ("a.csv", "a.tsv", "a.json", "a.jsonl", "a.ldif"):
        snapshot = roster.read(name, b"email,b\n" + content)
        assert snapshot.status in ("complete", "failed")
        assert snapshot.problems or snapshot.tables["accounts"].num_rows
