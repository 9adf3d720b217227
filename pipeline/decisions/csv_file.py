"""The CSV format of decisions: its columns, and strict reading of what comes back from a spreadsheet."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.decisions.register import RegisterEntry
from pipeline.ledger.decisions import Decision
from pipeline.spreadsheets import unguarded
from pipeline.strict_yaml.issues import InvalidFileError, ValidationIssue, printable

DECISION = ("decision_id", "verb", "account_key", "target", "reason", "expires_at", "decided_by", "decided_at")
UNDOING = ("undone_by", "undone_at", "undone_reason")
FOR_READERS = ("state", "question", "account", "target_name", "candidates")
"""For whoever reads the file; nothing of it is read back."""
COLUMNS = (*DECISION, *UNDOING, *FOR_READERS)
NEEDED = ("verb", "account_key", "target", "reason")

Row = Sequence[object]


@dataclass(frozen=True)
class CsvLine:
    """One line of the file: the number it begins at, and its cells by column; what is not there is empty."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def fault(self, field: str, text: str) -> ValidationIssue:
        return ValidationIssue(self.number, field, text)


def decision_row(entry: RegisterEntry) -> Row:
    """A decision as a line of the file."""
    decision, undone = entry.decision, entry.decision.undone
    facts = (*facts_of(decision), *((undone.undone_by, iso(undone.undone_at), undone.reason) if undone else ("",) * 3))
    return (*facts, entry.state, "", entry.account or "", entry.target or "", "")


def question_row(question: str, account_key: str, account: str, candidates: str) -> Row:
    """An open question as a line of the file, for a person to fill in."""
    cells = {"account_key": account_key, "question": question, "account": account, "candidates": candidates}
    return tuple(cells.get(column, "") for column in COLUMNS)


def facts_of(decision: Decision) -> tuple[str, ...]:
    """What a decision says, as the file has it, in the order of `DECISION`."""
    return (
        decision.decision_id,
        str(decision.verb),
        decision.account_key or "",
        decision.target,
        decision.reason,
        iso(decision.expires_at),
        decision.decided_by,
        iso(decision.decided_at),
    )


def iso(instant: datetime | None) -> str:
    """An instant to the microsecond, in UTC."""
    return "" if instant is None else instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def instant(text: str) -> datetime:
    """The instant in a cell; a date is 00:00 UTC. ValueError for anything else."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def read_lines(file: Path) -> list[CsvLine]:
    """The lines that hold anything. Raises InvalidFileError for a file that is no such CSV, naming what is wrong."""
    text = _text(file)
    header, _, _ = text.partition("\n")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(header), strict=True)
    columns: list[str] = []
    lines, faults, begins = [], [], 1
    try:
        for cells in reader:
            if not columns:
                columns = _header(cells)
                _check_header(file, columns)
            elif any(cells[len(columns) :]):
                faults.append(
                    ValidationIssue(begins, "", f"has {len(cells)} cells, and the first line names {len(columns)}")
                )
            elif any(cells):
                values = (unguarded(cell) for cell in cells)
                lines.append(CsvLine(begins, dict(zip(columns, values, strict=False))))
            begins = reader.line_num + 1
    except csv.Error as error:
        faults.append(ValidationIssue(begins, "", f"is not CSV ({error})"))
    if not columns:
        _check_header(file, columns)
    if faults:
        raise InvalidFileError(str(file), faults)
    return lines


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InvalidFileError(str(file), [ValidationIssue(1, "", f"cannot be read ({error.strerror})")]) from error
    except UnicodeDecodeError as error:
        raise InvalidFileError(str(file), [ValidationIssue(1, "", "is not UTF-8. save it as CSV UTF-8")]) from error


def _delimiter(header: str) -> str:
    """What stands between cells; spreadsheets of many countries write semicolons."""
    return max(",;\t", key=header.count)


def _header(cells: Sequence[str]) -> list[str]:
    """The names of the columns; a spreadsheet may have left empty ones behind them."""
    names = [name.strip().lower() for name in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _check_header(file: Path, columns: Iterable[str]) -> None:
    found = list(columns)
    faults = []
    for name in found:
        if name not in COLUMNS:
            close = difflib.get_close_matches(name, COLUMNS, 1)
            hint = f"did you mean {close[0]}?" if close else f"the columns are {', '.join(COLUMNS)}"
            faults.append(ValidationIssue(1, printable(name), f"is no column of this file. {hint}"))
        elif found.count(name) > 1:
            faults.append(ValidationIssue(1, name, "is there twice"))
    faults += [ValidationIssue(1, name, "is a column the file must have") for name in NEEDED if name not in found]
    if faults:
        raise InvalidFileError(str(file), list(dict.fromkeys(faults)))
