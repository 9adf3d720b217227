"""What every file format is parsed to: headers, and rows with their positions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.problems import Problem

if TYPE_CHECKING:
    from pipeline.directories.cells import Cell
    from pipeline.directories.ldap_schema.entry import Entry

MAX_COLUMNS = 2_000


Row = tuple[int, "Sequence[Cell]"]
"""Where it is in the file, counted as a person would, and a cell for each header."""


@dataclass(frozen=True)
class DirectoryEntries:
    """What a directory's export has besides rows: `accounts` by their rows' numbers, `groups`, and how many `others`.

    Both are entries of a directory (`ldap_schema.entry.Entry`).
    """

    accounts: Mapping[int, Entry]
    groups: Sequence[Entry]
    others: int


@dataclass(frozen=True)
class Grid:
    """A parsed file. `rows` is read once and may raise MalformedError on the way; blank rows are left out.

    `unit` is what a row's number counts: line, row or item. `guessed_encoding` is set when nobody said it.
    """

    headers: Sequence[str]
    rows: Iterable[Row]
    unit: str
    guessed_encoding: str = ""
    listing: DirectoryEntries | None = None


class MalformedError(Exception):
    """The file is not what its ending says, or contradicts itself; `where` names the place, `advice` the way out."""

    def __init__(self, where: str, reason: str, advice: str = "fix the export that writes it") -> None:
        super().__init__(f"{where}: {reason}")
        self.where, self.reason, self.advice = where, reason, advice


class RefusedFileError(Exception):
    """The file cannot be taken as a whole; `problems` say why, and no row of it is used."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


def checked_headers(names: Sequence[str], where: str) -> list[str]:
    """Header names without blanks around them; a nameless column gets its number, a name given twice is refused."""
    headers = [name.strip() or f"column {number}" for number, name in enumerate(names, start=1)]
    if len(headers) > MAX_COLUMNS:
        raise MalformedError(where, f"there are {len(headers):,} columns, more than {MAX_COLUMNS:,}")
    seen: dict[str, int] = {}
    for number, name in enumerate(headers, start=1):
        if name in seen:
            reason = f"columns {seen[name]} and {number} are both called '{name}'"
            raise MalformedError(where, reason, "give each column a name of its own")
        seen[name] = number
    return headers


def is_blank(cells: Iterable[Cell]) -> bool:
    """Whether a row says nothing at all."""
    return not any(cell.strip() if isinstance(cell, str) else cell not in (None, ()) for cell in cells)
