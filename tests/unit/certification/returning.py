"""What a reviewer does to a packet: fills it in, saves it as something else, or damages it."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from pipeline.certification.model import Item
from pipeline.certification.packets.columns import COLUMNS
from pipeline.certification.packets.export import export
from pipeline.home import Home
from tests.unit.certification.reviewing import NOW

LABELS = [column.label for column in COLUMNS]
Cells = dict[str, Any]
"""A row of a workbook by the label of its column."""


def packets(home: Home, name: str = "q4") -> tuple[Path, Path]:
    """The workbook and the page of the first reviewer, as a reviewer gets them."""
    written = export(home, name, None, NOW).packets[0]
    return written.xlsx, written.html


def rows_of(workbook: Path) -> list[Cells]:
    return _rows(load_workbook(workbook)["Items"])


def _rows(sheet: Any) -> list[Cells]:
    headings, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows]


def fill(workbook: Path, decisions: Mapping[str, tuple[str, str]]) -> None:
    """Write decisions, by item_id, into a workbook as a spreadsheet does, and save it."""

    def filled(rows: list[Cells]) -> list[Cells]:
        for row in rows:
            row["Decision"], row["Comment"] = decisions.get(row["Item"], (None, None))
        return rows

    rewrite(workbook, filled)


def rewrite(workbook: Path, change: Callable[[list[Cells]], list[Cells]], labels: Sequence[str] = LABELS) -> None:
    """Change the rows of a workbook in any way, and save it by openpyxl. A text that begins with `=` is a formula."""
    book = load_workbook(workbook)
    sheet = book["Items"]
    rows = change(_rows(sheet))
    sheet.delete_rows(1, sheet.max_row)
    for number, row in enumerate([dict(zip(labels, labels, strict=True)), *rows], start=1):
        for place, label in enumerate(labels, start=1):
            sheet.cell(number, place).value = row.get(label)
    book.save(workbook)


def as_csv(workbook: Path, separator: str = ",") -> Path:
    """What a spreadsheet saves a workbook as."""
    book = load_workbook(workbook, read_only=True)
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(
        [["" if value is None else value for value in row] for row in book["Items"].iter_rows(values_only=True)]
    )
    target = workbook.with_suffix(".csv")
    target.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())
    return target


def inside(page: Path) -> dict[str, Any]:
    """What a page shows."""
    packed = re.search(r'id="packet">([^<]*)<', page.read_text())
    assert packed
    found: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(packed[1])))
    return found


def download(page: Path, decisions: Mapping[str, tuple[str, str]], items: Sequence[Item], **changed: Any) -> Path:
    """What the page downloads after these decisions; `changed` of its facts are others."""
    packet = inside(page)
    digests = {item.item_id: item.digest for item in items}
    document = {
        **{key: packet[key] for key in ("format", "version", "campaign", "packet", "reviewer")},
        "decided_by": packet["reviewer"],
        "decisions": [
            {
                "item_id": item_id,
                "digest": digests[item_id],
                "decision": decision,
                "comment": comment,
                "decided_at": NOW.isoformat(),
            }
            for item_id, (decision, comment) in decisions.items()
        ],
        **changed,
    }
    target = page.with_suffix(".json")
    target.write_text(json.dumps(document))
    return target
