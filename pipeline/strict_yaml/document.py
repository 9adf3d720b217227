"""A parsed YAML file: its values, the position of each, and its issues."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipeline.strict_yaml.issues import Path, ValidationIssue, field_name


@dataclass(frozen=True)
class SourcePosition:
    """How and where a value stands in the file.

    Lines and columns count from 0, as an editor of text needs them; `start` and `end` are offsets into `Document.text`.
    `key_line` and `key_column` are those of the key, or of the value where it has none. `text` is a scalar as written.
    """

    line: int
    last_line: int
    start: int
    end: int
    key_line: int
    key_column: int
    text: str
    in_block: bool


@dataclass
class Document:
    """`value` is None when the file is empty; nothing of it is to be used while `faults` is not empty."""

    file: str
    text: str = ""
    value: Any = None
    written: dict[Path, SourcePosition] = field(default_factory=dict)
    faults: list[ValidationIssue] = field(default_factory=list)
    _blamed: set[tuple[str, int]] = field(default_factory=set, repr=False)

    def line(self, path: Path) -> int:
        """The line, from 1, of `path`, or of the nearest thing around it that stands in the file."""
        while path and path not in self.written:
            path = path[:-1]
        return self.written[path].key_line + 1 if path in self.written else 1

    def fault(self, path: Path, text: str, line: int | None = None) -> None:
        """Note a fault; a value that is blamed already is not blamed again for what follows from it."""
        known = ValidationIssue(line or self.line(path), field_name(path), text)
        if not known.field or (known.field, known.line) not in self._blamed:
            self._blamed.add((known.field, known.line))
            self.faults.append(known)
