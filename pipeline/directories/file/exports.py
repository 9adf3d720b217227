"""Converts cells of a product's export, where the product has words or formats of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.directories import cells
from pipeline.directories.cells import Cell, Reading
from pipeline.directories.dates import DayOrder
from pipeline.directories.file.presets import ExportPreset, folded

_BETWEEN_ADDRESSES = re.compile(r"[,;|\s]+|\+(?=[A-Za-z0-9]+:)")
"""The Microsoft 365 admin center puts a plus between addresses that each have a scheme; others have one inside."""


def reading(preset: ExportPreset, ours: str, header: str, date_format: str | None, order: DayOrder) -> Reading | None:
    """How the preset reads this column of ours; None where it reads as any other file is read.

    `date_format` is the connection's own, and then the only one; `order` is that of the column's dates.
    """
    if ours == "is_enabled":
        return _flag(preset, is_opposite=folded(header) in map(folded, preset.blocking))
    if ours == "last_active_at":
        return _sign_in(preset, _instant(preset, header, date_format, order))
    if ours in ("hired_on", "terminated_on", "created_at"):
        return _instant(preset, header, date_format, order)
    return {"email": _first_address, "alias_emails": _other_addresses}.get(ours)


def _flag(preset: ExportPreset, *, is_opposite: bool) -> Reading:
    def read(cell: Cell) -> bool:
        word = folded(cells.text(cell) or "") if not isinstance(cell, bool) else ""
        known = preset.enabled[word] if word in preset.enabled else cells.flag(cell)
        if known is None:
            raise cells.UnknownCellError("empty")
        return known is not is_opposite

    return read


def _instant(preset: ExportPreset, header: str, date_format: str | None, order: DayOrder) -> Reading:
    own = [written for where, written in preset.date_formats if where in ("", header)]
    formats: list[str | None] = [date_format] if date_format else [*own, None]
    readers = [cells.instant(each, order) for each in formats]

    def read(cell: Cell) -> cells.Value:
        for reader in readers[:-1]:
            try:
                return reader(cell)
            except ValueError:
                continue
        return readers[-1](cell)

    return read


def _sign_in(preset: ExportPreset, instant: Reading) -> Reading:
    def read(cell: Cell) -> cells.Value:
        if isinstance(cell, str) and cell.strip().casefold() in preset.never:
            return None
        moment = instant(cell)
        if moment is None and not preset.blank_is_never:
            raise cells.UnknownCellError("empty")
        return moment

    return read


def latest(values: list[cells.Value]) -> cells.Value:
    """The latest of several instants; None when there is none."""
    return max((each for each in values if isinstance(each, datetime)), default=None)


def _addresses(cell: Cell) -> list[str]:
    """Mail addresses of a cell, the primary one first: objects with a `Value`, or text, maybe with `smtp:` before it.

    Raises ValueError when it holds something and none of it is an address.
    """
    parts = list(cell) if isinstance(cell, tuple) else [cells.text(cell) or ""]
    objects = [found for part in parts if (found := _object(part))]
    if objects:
        listed = [str(each["Value"]) for each in sorted(objects, key=lambda each: not each.get("Primary"))]
    else:
        listed = [each for part in parts for each in _BETWEEN_ADDRESSES.split(part) if each]
    schemed = [each.rpartition(":") for each in listed]
    addresses = [address for scheme, _, address in schemed if "@" in address and scheme.casefold() in ("", "smtp")]
    if listed and not addresses and not any(scheme for scheme, _, _ in schemed):
        raise ValueError("no address")
    for address in addresses:
        address.encode()  # half a character (a lone surrogate) raises a ValueError
    return addresses


def _object(text: str) -> Mapping[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and found.get("Value") else None


def _first_address(cell: Cell) -> str | None:
    if isinstance(cell, tuple) and any(part.startswith("{") for part in cell):
        return next(iter(_addresses(cell)), None)
    return cells.text(cell)


def _other_addresses(cell: Cell) -> str | None:
    listed = _addresses(cell)
    if isinstance(cell, tuple) and any(part.startswith("{") for part in cell):
        listed = listed[1:]
    return json.dumps(listed, ensure_ascii=False) if listed else None
