"""Text as it stands, in every format: leading zeros, words that look like nothing, and the encoding of each file."""

from __future__ import annotations

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook

from tests.integration.directories.file.rosters import Roster

WRITTEN = ("00042", "007", "1e5", "0x1F", "NA", "null", "None", "nan", "TRUE", "2024-01-02", "1,5", "+49 89")


def workbook(values: tuple[str, ...]) -> bytes:
    book = Workbook()
    book.active.append(["native_id", "display_name"])
    for number, value in enumerate(values):
        book.active.append([f"{number:03}", value])
    book.save(stream := io.BytesIO())
    return stream.getvalue()


def parquet(values: tuple[str, ...]) -> bytes:
    ids = [f"{number:03}" for number in range(len(values))]
    pq.write_table(pa.table({"native_id": ids, "display_name": list(values)}), stream := io.BytesIO())
    return stream.getvalue()


def as_json(values: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"native_id": f"{number:03}", "display_name": value} for number, value in enumerate(values)]


def separated(values: tuple[str, ...], separator: str) -> str:
    lines = [f'{number:03}{separator}"{value}"' for number, value in enumerate(values)]
    return "\n".join([f"native_id{separator}display_name", *lines])


def ldif(values: tuple[str, ...]) -> str:
    entries = [f"dn: {number}\nnative_id: {number:03}\ndisplay_name: {value}" for number, value in enumerate(values)]
    return "\n\n".join(entries)


FORMATS: dict[str, Any] = {
    "a.csv": lambda values: separated(values, ","),
    "a.tsv": lambda values: separated(values, "\t"),
    "a.xlsx": workbook,
    "a.parquet": parquet,
    "a.json": lambda values: json.dumps(as_json(values), ensure_ascii=False),
    "a.jsonl": lambda values: "\n".join(json.dumps(each, ensure_ascii=False) for each in as_json(values)),
    "a.ldif": lambda values: ldif(values).replace("native_id", "nativeId").replace("display_name", "displayName"),
}
COLUMNS = {"a.ldif": {"columns": {"native_id": "nativeId", "display_name": "displayName"}}}


@pytest.mark.parametrize("name", list(FORMATS))
def test_no_format_takes_text_for_a_number_a_date_or_nothing(roster: Roster, name: str) -> None:
    rows = roster.rows(name, FORMATS[name](WRITTEN), **COLUMNS.get(name, {}))
    assert tuple(row["display_name"] for row in rows) == WRITTEN
    assert [row["native_id"] for row in rows] == [f"{number:03}" for number in range(len(WRITTEN))]


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("a.xlsx", "a.parquet")])
@pytest.mark.parametrize(
    ("encoding", "text"), [("cp1250", "Łukasz Żak"), ("shift_jis", "山田 太郎"), ("utf-16", "Zoë")]
)
def test_each_text_file_is_read_in_its_own_encoding(roster: Roster, name: str, encoding: str, text: str) -> None:
    content = FORMATS[name]((text,)).encode(encoding)
    snapshot = roster.read(name, content, encoding=encoding, **COLUMNS.get(name, {}))
    assert snapshot.status == "complete"
    assert snapshot.tables["accounts"]["display_name"].to_pylist() == [text]
    assert snapshot.problems == ()
