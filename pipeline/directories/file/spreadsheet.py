"""Parses an xlsx workbook."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from pipeline.directories.cells import Cell, Unreadable
from pipeline.directories.file.grid import Grid, MalformedError, Row, checked_headers, is_blank
from pipeline.directories.file.limits import ALWAYS_ALLOWED, PACKED_AT_MOST, UNPACKED_AT_MOST, refuse_many, too_much
from pipeline.directories.file.structured import number_text
from pipeline.read_limits import ReadLimitError, current

LAST_ROW = 1_048_576
"""Of a worksheet: "Excel specifications and limits"."""
_FORMULA = re.compile(rb"<(\w+:)?f[ >/]")
_CHUNK = 1024 * 1024


def xlsx(raw: bytes, sheet: str | None, max_bytes: int) -> Grid:
    """The sheet of that name, or the first; `max_bytes`, its largest allowed size, bounds what it unpacks to.

    Its header is the first row that says something.
    """
    try:
        refuse_bomb(raw, min(max_bytes * UNPACKED_AT_MOST, max(len(raw) * PACKED_AT_MOST, ALWAYS_ALLOWED)))
        values = _sheet(raw, sheet, results=True)
        formulas = _sheet(raw, sheet, results=False) if _has_formulas(raw) else None
        records = _records(values, formulas)
        first = next(records, None)
    except (MalformedError, ReadLimitError):
        raise
    except Exception as error:
        raise _not_xlsx(error) from error
    if first is None:
        return Grid([], [], "row")
    number, cells = first
    while cells and is_blank(cells[-1:]):
        cells.pop()
    names = ["" if cell is None else str(cell) for cell in cells]
    return Grid(checked_headers(names, f"row {number}"), _rows(records, len(names)), "row")


def _rows(records: Iterator[tuple[int, list[Cell]]], width: int) -> Iterator[Row]:
    while True:
        try:
            number, cells = next(records)
        except StopIteration:
            return
        except (MalformedError, ReadLimitError):
            raise
        except Exception as error:
            raise _not_xlsx(error) from error
        if not is_blank(cells[width:]):
            raise MalformedError(f"row {number}", f"it has more cells than the {width} of the header")
        yield number, [*cells[:width], *[None] * (width - len(cells))]


def _not_xlsx(error: Exception) -> MalformedError:
    """openpyxl has no error of its own for a broken workbook: any there is means one."""
    cause: BaseException = error
    while cause.__context__ is not None:
        cause = cause.__context__
    text = f"{type(cause).__name__}: {cause}".splitlines()[0][:200]
    return MalformedError(
        "the file", f"it cannot be read as xlsx ({text})", "save it as xlsx again, without a password"
    )


def refuse_bomb(raw: bytes, most: int) -> None:
    """Raise MalformedError for a workbook that would unpack to more than `most` bytes."""
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > most:
        reason = f"{len(raw):,} bytes would unpack to {unpacked:,}, which no list of people does"
        raise MalformedError("the file", reason, "save it as xlsx again")


def _has_formulas(raw: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(_holds_formula(archive, name) for name in sheets)


def _holds_formula(archive: zipfile.ZipFile, name: str) -> bool:
    end = b""
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK):
            if _FORMULA.search(end + chunk):
                return True
            end = chunk[-64:]
    return False


def _sheet(raw: bytes, name: str | None, *, results: bool) -> Any:
    book = load_workbook(io.BytesIO(raw), read_only=True, data_only=results, keep_links=False)
    names = [sheet.title for sheet in book.worksheets]
    if not names:
        raise MalformedError("the file", "there is no sheet with cells in it")
    if name is not None and name not in names:
        raise MalformedError("the file", f"there is no sheet '{name}'", f"name one of {', '.join(names)}")
    sheet = book[name or names[0]]
    sheet.reset_dimensions()  # exporters write wrong ones, and rows beyond would be lost
    return sheet


def _records(values: Any, formulas: Any) -> Iterator[tuple[int, list[Cell]]]:
    """Every row that says something, with its number; where a formula has no result, the cell is unreadable."""
    others = formulas.iter_rows() if formulas is not None else None
    held = 0
    for number, row in enumerate(values.iter_rows(), start=1):
        held += len(row)
        refuse_many(f"row {number}", cells=held)
        if number > LAST_ROW:
            raise too_much(f"row {number}", f"no worksheet has more than {LAST_ROW:,} rows")
        if number % 512 == 0:
            current().check()
        cells = [_cell(cell) for cell in row]
        if others is not None:
            for index, written in enumerate(next(others, ())):
                if written.data_type == "f" and cells[index] is None:
                    cells[index] = Unreadable("a formula without a saved result")
        if not is_blank(cells):
            yield number, cells


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None or isinstance(value, bool | datetime | date):
        return value
    if cell.data_type == "e":
        return Unreadable(f"the error {value}")
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        text = number_text(float(value)) if isinstance(value, float) else str(value)
        padded = re.fullmatch(r"0{2,32}", cell.number_format or "")
        return text.zfill(len(padded[0])) if padded and text.isdigit() else text
    return str(value)
