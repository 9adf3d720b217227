"""Directories other than AWS accounts while they are written: rows, unique user names, the answer sheet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from benchmarks.identity.truth import AnswerSheet

Row = dict[str, Any]


class Exports:
    """`rows` maps a directory's name to its accounts, in the order they were added."""

    def __init__(
        self, sheet: AnswerSheet, directories: Iterable[str] = ("people", "ldap", "okta", "identity-center")
    ) -> None:
        self.sheet = sheet
        self.rows: dict[str, list[Row]] = {name: [] for name in directories}
        self._taken: dict[str, set[str]] = {name: set() for name in self.rows}

    def unique(self, directory: str, name: str) -> str:
        """`name`, or the first free number behind it: user names are unique in a directory, whatever their case."""
        taken, n = name, 1
        while taken.lower() in self._taken[directory]:
            n += 1
            taken = f"{name}{n}" if "@" not in name else name.replace("@", f"{n}@", 1)
        self._taken[directory].add(taken.lower())
        return taken

    def add(self, directory: str, row: Row) -> None:
        """Append `row`, numbered as a person counts the lines of a file with a header."""
        row["source_row"] = len(self.rows[directory]) + 2
        self.rows[directory].append(row)
