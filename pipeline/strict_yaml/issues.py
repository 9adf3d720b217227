"""Validation issues of a file: `FILE:LINE: field: what is wrong. how to fix it`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.problems import ConfigurationError, Problem

SHOWN_AT_MOST = 200

Path = tuple[str | int, ...]
"""Where a value is inside a file: `("connections", 2, "role_arn")`."""


@dataclass(frozen=True, order=True)
class ValidationIssue:
    """One thing that is wrong; `line` counts from 1, `field` reads like `connections[2].role_arn`."""

    line: int
    field: str
    text: str


class InvalidFileError(ConfigurationError):
    """A file that cannot be used; `faults` lists everything that is wrong with it."""

    def __init__(self, file: str, faults: Sequence[ValidationIssue]) -> None:
        self.file = file
        self.faults = tuple(sorted(faults))
        shown = [
            f"{file}:{fault.line}: {fault.field + ': ' if fault.field else ''}{fault.text}"
            for fault in self.faults[:SHOWN_AT_MOST]
        ]
        if len(self.faults) > SHOWN_AT_MOST:
            shown.append(f"... and {len(self.faults) - SHOWN_AT_MOST} more")
        super().__init__(Problem.of("invalid_file", file=file, faults="\n  " + "\n  ".join(shown)))


def field_name(path: Path) -> str:
    """How a person points at a value."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f"{'.' if text else ''}{printable(part)}"
    return text


def printable(value: object, limit: int = 60) -> str:
    """`value` cut to `limit` characters, with everything a terminal could act upon made visible."""
    text = str(value)
    text = text if len(text) <= limit else text[: limit - 3] + "..."
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
