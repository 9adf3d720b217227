"""JSON, JSON lines and Parquet: values as text without loss, and nothing taken twice or in part."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.directories.file.rosters import Roster

PEOPLE = [{"employee_id": "007", "email": "a@x"}, {"employee_id": "8", "given_name": None, "extra": [1, "two"]}]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", json.dumps(PEOPLE)),
        ("a.json", json.dumps({"total": 2, "people": PEOPLE})),
        ("a.json", json.dumps(PEOPLE).encode("utf-8-sig")),
        ("a.jsonl", "\n".join(json.dumps(person) for person in PEOPLE) + "\n\n"),
    ],
)
def test_a_list_of_objects_is_read_however_it_is_wrapped(roster: Roster, name: str, content: str | bytes) -> None:
    first, second = roster.rows(name, content)
    assert (first["native_id"], first["email"], first["source_row"]) == ("007", "a@x", 1)
    assert (second["native_id"], second["source_row"]) == ("8", 2)
    assert "given_name" not in second
    assert second["attributes"] == {"extra": ["1", "two"]}


def test_numbers_truth_values_and_nested_objects_keep_their_text(roster: Roster) -> None:
    content = '[{"id": 12345678901234567890, "p": {"mail": "a@x", "n": {"x": 1.50}}, "on": true, "big": 1e400}]'
    columns = {"employee_id": "id", "email": "p.mail", "is_enabled": "on"}
    (row,) = roster.rows("a.json", content, columns=columns)
    assert (row["native_id"], row["email"], row["is_enabled"]) == ("12345678901234567890", "a@x", True)
    assert row["attributes"] == {"p.n.x": "1.50", "big": "1e400"}


def test_a_list_is_a_list_of_aliases_or_its_first_value(roster: Roster) -> None:
    content = '[{"email": ["a@x", "b@x"], "alias_emails": ["c@x", "", "d@x"]}]'
    (row,) = roster.rows("a.json", content)
    assert (row["email"], row["alias_emails"]) == ("a@x", ["c@x", "d@x"])
    assert row["attributes"] == {"email": ["a@x", "b@x"]}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.json", "[{]", "line 1: it is not JSON"),
        ("a.json", '[\n{"email": "a"},\n]', "line 3: it is not JSON"),
        ("a.json", '"text"', "neither a list of objects nor an object with one"),
        ("a.json", '{"a": [], "b": []}', "2 keys hold a list (a, b)"),
        ("a.json", '{"a": 1}', "0 keys hold a list (none)"),
        ("a.json", '[{"email": "a"}, 7]', "item 2: it is not an object"),
        ("a.json", '[{"email": "a", "email": "b"}]', "the key 'email' is given twice"),
        ("a.json", '[{"email": NaN}]', "NaN is not JSON"),
        ("a.json", '[{"a.b": 1, "a": {"b": 2}}]', "'a.b' is given twice"),
        ("a.json", "[" * 100_000, "nested too deeply"),
        ("a.jsonl", '{"email": "a"}\n{"email": ', "line 2: it is not JSON"),
        ("a.jsonl", '{"email": "a"}\n\n[]\n', "line 3: it is not an object"),
        ("a.parquet", b"PAR1 and no more", "it cannot be read as Parquet"),
        ("a.parquet", b"", "it cannot be read as Parquet"),
    ],
)
def test_what_is_not_a_list_of_objects_is_refused_with_the_place(
    roster: Roster, name: str, content: str | bytes, says: str
) -> None:
    problem = roster.refusal(name, content)
    assert problem.code == "file_malformed"
    assert says in problem.message


def test_half_a_character_is_an_unknown_cell(roster: Roster) -> None:
    (row,) = roster.rows("a.json", r'[{"email": "a@x", "title": "x\ud800", "more": "y\ud800"}]')
    assert row["invalid_fields"] == ["title"]
    assert row["attributes"] == {"title": "x?", "more": "y?"}


def parquet(folder: Path, table: pa.Table, name: str = "a.parquet") -> str:
    pq.write_table(table, folder / name)
    return name


def test_the_types_of_parquet_become_text_dates_and_truth_values(roster: Roster) -> None:
    east = timezone(timedelta(hours=2))
    table = pa.table(
        {
            "employee_id": pa.array([7, 8], pa.int64()),
            "display_name": pa.array(["NA", ""]).dictionary_encode(),
            "is_enabled": pa.array([True, None]),
            "hired_on": pa.array([date(2024, 2, 29), None]),
            "created_at": pa.array([datetime(2024, 1, 1, 2, tzinfo=east), None], pa.timestamp("ns", "Europe/Berlin")),
            "alias_emails": pa.array([["a@x", "b@x"], []]),
            "salary": pa.array([Decimal("1.10"), None]),
            "score": pa.array([2.0, float("nan")]),
            "raw": pa.array([b"abc\xff", None]),
            "struct": pa.array([{"a": 1}, None]),
        }
    )
    first, second = roster.rows(parquet(roster.folder, table))
    assert (first["native_id"], first["display_name"], first["is_enabled"]) == ("7", "NA", True)
    assert (first["hired_on"], first["created_at"]) == (datetime(2024, 2, 29), datetime(2024, 1, 1))
    assert first["alias_emails"] == ["a@x", "b@x"]
    assert first["attributes"] == {"salary": "1.10", "score": "2", "raw": "abc\\xff", "struct": '{"a": 1}'}
    assert {"display_name", "is_enabled", "hired_on", "alias_emails"}.isdisjoint(second)
    assert (second["source_row"], second["attributes"]) == (2, {})


@pytest.mark.promise("P12")
def test_a_parquet_that_unpacks_to_too_much_is_refused_unread(roster: Roster) -> None:
    table = pa.table({"email": [f"{number}{'x' * 100_000}" for number in range(150)]})
    pq.write_table(table, roster.folder / "a.parquet", compression="zstd", use_dictionary=False)
    problem = roster.refusal("a.parquet", max_size_mb=1)
    assert "it unpacks to 15," in problem.message


def test_a_parquet_cut_short_is_refused(roster: Roster) -> None:
    name = parquet(roster.folder, pa.table({"email": [f"{n}@x" for n in range(1000)]}))
    content = (roster.folder / name).read_bytes()
    assert roster.refusal(name, content[:-100]).code == "file_malformed"


TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=6)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(TEXTS)
def test_any_text_survives_exactly(roster: Roster, texts: list[str]) -> None:
    people = [{"employee_id": str(n), "display_name": text, "more": text} for n, text in enumerate(texts)]
    (roster.folder / "a.json").write_text(json.dumps(people))
    (roster.folder / "b.jsonl").write_text("\n".join(json.dumps(person, ensure_ascii=False) for person in people))
    parquet(roster.folder, pa.Table.from_pylist(people), "c.parquet")
    for name in ("a.json", "b.jsonl", "c.parquet"):
        rows = roster.rows(name)
        assert [row.get("display_name", "") for row in rows] == texts
        assert [row["attributes"].get("more", "") for row in rows] == texts


def test_a_parquet_date_that_no_calendar_has_costs_its_cell_alone(roster: Roster) -> None:
    """It refused the whole file."""
    dates = pa.array([0, -62135596800000001], pa.timestamp("us", "UTC"))
    first, second = roster.rows(parquet(roster.folder, pa.table({"email": ["a@x", "b@x"], "hired_on": dates})))
    assert first["hired_on"] == datetime(1970, 1, 1)
    assert ("hired_on" in second, second["invalid_fields"]) == (False, ["hired_on"])
