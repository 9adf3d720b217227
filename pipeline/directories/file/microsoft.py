"""Cells of attributes that Active Directory exports as it stores them (LDIF, csvde, Get-ADUser).

Belongs here: flags and instants of these attributes, by their names alone. Does not belong here: any other cell
(`cells`), or values of a directory that is asked (`directories.ldap`).
"""

from __future__ import annotations

import re
from contextlib import suppress

from pipeline.directories.file import cells
from pipeline.directories.file.cells import Reading
from pipeline.directories.file.grid import Cell
from pipeline.directories.ldap import values

TICKS = frozenset({"accountexpires", "lastlogon", "lastlogontimestamp", "lockouttime", "pwdlastset"})
"""Counts of 100 ns since 1601, where 0 and the highest number say never."""
BINARY = values.GUID_ATTRIBUTES | {"objectsid"}
_HEX = re.compile(r"X'((?:[0-9a-f]{2})+)'", re.ASCII | re.IGNORECASE)
"""How csvde writes bytes."""
FLAGS = "useraccountcontrol"


def reading(ours: str, header: str, usual: Reading) -> Reading | None:
    """How this column is read when its header is such an attribute; `usual` is how it would be read otherwise."""
    name = header.strip().lower()
    if ours == "is_enabled" and name == FLAGS:
        return _flags
    if name in TICKS:
        return _ticks(usual)
    return _hexadecimal(name, usual) if name in BINARY else None


def _flags(cell: Cell) -> bool | None:
    written = (cells.text(cell) or "").strip()
    return not values.number(written.encode()) & values.DISABLED if written else None


def _ticks(usual: Reading) -> Reading:
    def read(cell: Cell) -> cells.Value:
        written = (cells.text(cell) or "").strip() if isinstance(cell, str) else ""
        return values.instant(written.encode()) if written.isascii() and written.isdigit() else usual(cell)

    return read


def _hexadecimal(name: str, usual: Reading) -> Reading:
    def read(cell: Cell) -> cells.Value:
        found = _HEX.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found is None:
            return usual(cell)
        raw = bytes.fromhex(found[1])
        with suppress(ValueError):
            return values.security_id(raw) if name == "objectsid" else values.identity(name, raw)
        return usual(cell)

    return read
