"""Writes a packet as an XLSX workbook: text cells only, evidence locked, decisions by dropdown."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.writer.excel import ExcelWriter

from pipeline.certification.model import Verdict
from pipeline.certification.packets.columns import COLUMNS, Column, evidence, minute
from pipeline.certification.packets.packet import Packet
from pipeline.ledger.decisions import LONGEST_REASON
from pipeline.spreadsheets import guarded
from pipeline.visible_text import visible

SHEET, EXPLANATION = "Items", "How to"
LONGEST_CELL = 32_000
"""Excel takes 32,767 characters."""
_ENCODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""Excel reads `_x202E_` as the character of that number (ECMA-376, ST_Xstring)."""
TEXT = "@"
"""The number format by which a spreadsheet takes what is typed for text, `=1+1` too."""
_LOCKED = NamedStyle("Evidence", number_format=TEXT, alignment=Alignment(vertical="top", wrap_text=True))
_OPEN = NamedStyle(
    "Decision",
    number_format=TEXT,
    alignment=Alignment(vertical="top", wrap_text=True),
    protection=Protection(locked=False),
    fill=PatternFill("solid", fgColor="FFF8E1"),
)
_HEADING = NamedStyle(
    "Column heading", font=Font(bold=True, color="FFFFFF"), fill=PatternFill("solid", fgColor="1F3A5F")
)
HOW_TO = (
    "Choose a decision for each item on the sheet Items, save the file, and send it back.",
    "certify: the access is still needed. revoke: it is not. unsure: you cannot say; the access stays.",
    "reduce: keep it, with less in it. The comment must say what to take away.",
    "A comment is also needed where the access is your own: why nobody else decides.",
    "Rows may be sorted and filtered, and rows left empty are not decided. You can send the file back more than once.",
    "Recommendations and evidence are as of the start of the review. 'Recorded so far' was decided before this file.",
    "If somebody else than the reviewer decides, write who into 'Decided by'.",
)


def workbook(packet: Packet) -> bytes:
    """The file. Every cell is text, and none begins like a formula, not even when it is saved as CSV."""
    book = Workbook(write_only=True)
    for style in (_LOCKED, _OPEN, _HEADING):
        book.add_named_style(style)
    sheet = book.create_sheet(SHEET)
    _lay_out(sheet, len(packet.items))
    sheet.append([_cell(sheet, column.label, _HEADING) for column in COLUMNS])
    for texts in _rows(packet):
        sheet.append([_filled(sheet, column, texts.get(column.key, "")) for column in COLUMNS])
    _explain(book.create_sheet(EXPLANATION), packet)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:  # openpyxl itself takes 6
        ExcelWriter(book, archive).save()
    return stream.getvalue()


def _rows(packet: Packet) -> Iterator[dict[str, str]]:
    for item in packet.items:
        yield {
            **evidence(packet.review, item),
            "reviewer": visible(packet.reviewer),
            "campaign": packet.review.campaign.name,
            "packet": packet.packet_id,
            "item_id": item.item_id,
            "digest": item.digest,
        }


def _filled(sheet: Any, column: Column, text: str) -> Any:
    """The cell; None where there is nothing, for a cell that is not there is locked too."""
    if column.is_open:
        return _cell(sheet, text, _OPEN)
    return _cell(sheet, text, _LOCKED) if text else None


def _lay_out(sheet: Any, items: int) -> None:
    last = get_column_letter(len(COLUMNS))
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = f"A1:{last}{items + 1}"
    for number, column in enumerate(COLUMNS, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = column.width
        if column.key == "decision":
            sheet.data_validations.append(_choice(f"{letter}2:{letter}{items + 1}"))
        if column.key == "comment":
            sheet.data_validations.append(_length(f"{letter}2:{letter}{items + 1}"))
    protection = sheet.protection
    protection.sheet = True
    # A lock that is false allows the action: filtering, sorting and other widths help, and change nothing.
    protection.autoFilter = protection.sort = protection.formatColumns = protection.formatRows = False
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _choice(cells: str) -> DataValidation:
    verdicts = ",".join(Verdict)
    validation = DataValidation("list", formula1=f'"{verdicts}"', allow_blank=True, sqref=cells)
    validation.errorTitle, validation.error = "No decision", f"Choose one of {', '.join(Verdict)}."
    validation.showErrorMessage = True
    return validation


def _length(cells: str) -> DataValidation:
    validation = DataValidation("textLength", operator="lessThanOrEqual", formula1=str(LONGEST_REASON), sqref=cells)
    validation.allow_blank = validation.showErrorMessage = True
    validation.errorTitle, validation.error = "Too long", f"A comment has at most {LONGEST_REASON} characters."
    return validation


def _explain(sheet: Any, packet: Packet) -> None:
    campaign = packet.review.campaign
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, 100
    sheet.protection.sheet = True
    facts = {
        "Campaign": campaign.name,
        "Reviewer": visible(packet.shown),
        "Items": str(len(packet.items)),
        "Due": minute(campaign.due_at) if campaign.due_at else "no date",
        "If undecided": f"the access is {'kept' if campaign.default == 'keep' else 'revoked'}",
        "Exported (UTC)": minute(packet.exported_at),
    }
    for name, text in [*facts.items(), *(("", line) for line in HOW_TO)]:
        sheet.append([_cell(sheet, name, _HEADING if name else _LOCKED), _cell(sheet, text, _LOCKED)])


def _cell(sheet: Any, text: str, style: NamedStyle) -> Any:
    cell = WriteOnlyCell(sheet, _ENCODED.sub("_x005F_", guarded(text))[:LONGEST_CELL])
    cell.data_type = "s"  # never a formula: openpyxl takes a text that begins with `=` for one
    cell.style = style.name
    return cell
