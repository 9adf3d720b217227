"""Whatever a file holds: each is read or refused in words, in time, and nothing but the file itself is ever touched."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from pipeline.landing.extraction import extract
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.settings import Settings
from tests.integration.directories.file.rosters import Roster
from tests.integration.fuzz.fuzzing import (
    DAMAGE,
    DOCUMENT_DAMAGE,
    EXAMPLES,
    VALUES,
    WATCH,
    damaged,
    example_settings,
    rewritten,
    settled,
)

PEOPLE = [{"email": f"p{number}@x", "title": "t", "hired_on": "2024-01-01", "is_enabled": "yes"} for number in range(4)]


def _xlsx() -> bytes:
    book, out = Workbook(), io.BytesIO()
    assert book.active is not None
    for row in (list(PEOPLE[0]), *(list(person.values()) for person in PEOPLE)):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


CSV = "\n".join(",".join(row) for row in [list(PEOPLE[0]), *[list(person.values()) for person in PEOPLE]])
GOOD = {
    "csv": CSV.encode(),
    "tsv": CSV.replace(",", "\t").encode("utf-16"),
    "json": json.dumps(PEOPLE).encode(),
    "jsonl": "\n".join(json.dumps(person) for person in PEOPLE).encode(),
    "ldif": "\n\n".join(
        f"dn: uid=p{n}\nobjectClass: inetOrgPerson\nuid: p{n}\nemail: p{n}@x\ntitle:: dA==\nmemberOf: cn=g"
        for n in range(4)
    ).encode(),
    "xlsx": _xlsx(),
    "parquet": _parquet(pa.Table.from_pylist(PEOPLE)),
}


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
    (folder := tmp_path / "files").mkdir()
    return Roster(folder)


def judged(roster: Roster, name: str, content: bytes) -> Manifest:
    """Read as a sync does, watched; the rows of what was taken can each be told from the others."""
    connection, landing = roster.connection(name, content), Landing(roster.folder.parent / "landing")
    with WATCH.over(roster.folder.parent):
        manifest = extract(
            connection, landing=landing, settings=Settings(), as_of=datetime.now(UTC), run_id="run", accept_shrink=True
        )
    settled(manifest)
    if manifest.status == "complete":
        ids = landing.table(manifest, "accounts")["native_id"].to_pylist()
        assert all(each.strip() for each in ids)
        assert len(set(ids)) == len(ids)
    return manifest


@pytest.mark.promise("P12")
@EXAMPLES
@pytest.mark.parametrize("ending", list(GOOD))
def test_a_damaged_file_is_read_or_refused(roster: Roster, ending: str, examples: int) -> None:
    judged(roster, f"a.{ending}", GOOD[ending])  # whatever is imported late is imported now

    @example_settings(examples)
    @given(DAMAGE)
    def answered(damage: Any) -> None:
        judged(roster, f"a.{ending}", damaged(GOOD[ending], damage))

    answered()


@pytest.mark.promise("P12")
@EXAMPLES
@pytest.mark.parametrize("ending", list(GOOD))
def test_any_bytes_are_read_or_refused(roster: Roster, ending: str, examples: int) -> None:
    @example_settings(examples // 4)
    @given(st.binary(max_size=400), st.booleans())
    def answered(raw: bytes, headed: bool) -> None:
        judged(roster, f"a.{ending}", GOOD[ending][:60] * headed + raw)

    answered()


@EXAMPLES
def test_json_of_any_shape_is_read_or_refused(roster: Roster, examples: int) -> None:
    @example_settings(examples)
    @given(DOCUMENT_DAMAGE, VALUES, st.sampled_from(["list", "inside", "alone"]), st.booleans())
    def answered(damage: Any, value: Any, shape: str, by_line: bool) -> None:
        people = rewritten([{**person, "more": value} for person in PEOPLE], damage)
        document = {"list": people, "inside": {"value": people, "count": 4}, "alone": value}[shape]
        if by_line and isinstance(document, list):
            judged(roster, "a.jsonl", "\n".join(json.dumps(each) for each in document).encode())
        else:
            judged(roster, "a.json", json.dumps(document).encode())

    answered()


CELL = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_subnormal=False), st.text(max_size=10)
)
TYPED = st.one_of(
    st.lists(st.text(max_size=8), min_size=3, max_size=3).map(pa.array),
    st.lists(st.none() | st.binary(max_size=8), min_size=3, max_size=3).map(lambda held: pa.array(held, pa.binary())),
    st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3).map(
        lambda held: pa.array(held, pa.int64())
    ),
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3).map(
        lambda held: pa.array(held, pa.timestamp("ns"))
    ),
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3).map(
        lambda held: pa.array(held, pa.timestamp("us", "UTC"))
    ),
    st.lists(st.integers(-(2**31), 2**31 - 1), min_size=3, max_size=3).map(lambda held: pa.array(held, pa.date32())),
    st.lists(st.integers(0, 86_399), min_size=3, max_size=3).map(lambda held: pa.array(held, pa.time32("s"))),
    st.lists(st.lists(st.none() | st.text(max_size=4), max_size=3), min_size=3, max_size=3).map(
        lambda held: pa.array(held, pa.list_(pa.string()))
    ),
    st.lists(st.dictionaries(st.text(max_size=3), st.integers(0, 9), max_size=2), min_size=3, max_size=3).map(
        lambda held: pa.array([list(each.items()) for each in held], pa.map_(pa.string(), pa.int32()))
    ),
    st.lists(st.text(max_size=3), min_size=3, max_size=3).map(lambda held: pa.array(held).dictionary_encode()),
    st.lists(st.floats(), min_size=3, max_size=3).map(pa.array),
    st.just(pa.nulls(3)),
)


@pytest.mark.promise("P12")
@EXAMPLES
def test_parquet_of_any_types_is_read_or_refused(roster: Roster, examples: int) -> None:
    names = st.sampled_from(["title", "hired_on", "is_enabled", "display_name", "alias_emails", "other"])

    @example_settings(examples)
    @given(st.dictionaries(names, TYPED, max_size=4), TYPED, st.booleans())
    def answered(columns: dict[str, Any], ids: Any, strange: bool) -> None:
        held = pa.table({"email": ids if strange else pa.array(["a", "b", "c"]), **columns})
        manifest = judged(roster, "a.parquet", _parquet(held))
        assert strange or (manifest.status, manifest.tables["accounts"].rows) == ("complete", 3)

    answered()


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}<sheetData>{}</sheetData></worksheet>'
REFERENCE = st.sampled_from(["A1", "B2", "ZZZ99999999", "A0", "1A", "", "XFD3", "C1048577", "é1"])
KIND = st.sampled_from(["s", "n", "b", "e", "str", "inlineStr", "d", "x", ""])
CELL_XML = st.builds(
    lambda place, kind, value, formula: f'<c r="{place}" t="{kind}" s="{value}"><f>{formula}</f><v>{value}</v></c>',
    REFERENCE,
    KIND,
    st.sampled_from(["0", "1", "99999999", "-1", "1e400", "2024-01-01", "x", "", "&amp;", "NaN"]),
    st.sampled_from(["", "1+1", "HYPERLINK()"]),
)


@EXAMPLES
def test_sheets_of_any_cells_are_read_or_refused(roster: Roster, examples: int) -> None:
    good = zipfile.ZipFile(io.BytesIO(GOOD["xlsx"]))
    parts = {name: good.read(name) for name in good.namelist()}
    dimension = st.sampled_from(["", '<dimension ref="A1:XFD1048576"/>', '<dimension ref="x"/>'])

    @example_settings(examples)
    @given(
        st.lists(st.tuples(st.sampled_from(["1", "2", "7", "x", "-1"]), st.lists(CELL_XML, max_size=4)), max_size=4),
        dimension,
    )
    def answered(rows: Any, said: str) -> None:
        sheet = "".join(f'<row r="{number}">{"".join(cells)}</row>' for number, cells in rows)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, SHEET.format(said, sheet) if name.endswith("sheet1.xml") else part)
        judged(roster, "a.xlsx", out.getvalue())

    answered()


@EXAMPLES
def test_workbooks_of_any_values_are_read_or_refused(roster: Roster, examples: int) -> None:
    moments = st.datetimes(datetime(1900, 1, 1), datetime(9999, 1, 1)) | st.dates(date(1900, 1, 1))

    @example_settings(examples)
    @given(st.lists(st.lists(CELL | moments, min_size=2, max_size=2), max_size=4))
    def answered(rows: Any) -> None:
        book, out = Workbook(write_only=True), io.BytesIO()
        sheet = book.create_sheet()
        sheet.append(["email", "hired_on"])
        for row in rows:
            sheet.append(
                ["".join(c for c in each if c.isprintable()) if isinstance(each, str) else each for each in row]
            )
        book.save(out)
        judged(roster, "a.xlsx", out.getvalue())

    answered()


def test_the_watch_sees_what_it_must(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="passwd"), WATCH.over(tmp_path):
        Path("/etc/passwd").read_bytes()
    with WATCH.over(tmp_path):
        (tmp_path / "inside").write_text(str(datetime.now(UTC)))
