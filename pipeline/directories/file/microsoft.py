"""Converts cells of attributes that Active Directory exports in its own format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from pipeline.directories import cells
from pipeline.directories.cells import Cell, Reading
from pipeline.directories.ldap_schema import values

TICKS = frozenset({"accountexpires", "lastlogon", "lastlogontimestamp", "lockouttime", "pwdlastset"})
"""Counts of 100 ns since 1601, where 0 and the highest number say never."""
EXPIRY = ("accountexpires", "accountexpirationdate")
KIND_COLUMNS = {
    "objectsid": "objectsid",
    "sid": "objectsid",
    "objectclass": "objectclass",
    "useraccountcontrol": "useraccountcontrol",
    "iscriticalsystemobject": "iscriticalsystemobject",
}
"""Headers that mark what an account is, and their attributes; PowerShell has a name of its own for the SID."""
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


class Traits:
    """What columns of Active Directory say of a row beside the columns that are mapped: its kind, and its end."""

    def __init__(self, headers: Sequence[str], closes: Reading) -> None:
        """`closes` reads the instant at which an account expires."""
        shown = {header.strip().lower(): position for position, header in enumerate(headers)}
        self._kind = {ours: shown[name] for name, ours in KIND_COLUMNS.items() if name in shown}
        self._ends = [shown[name] for name in EXPIRY if name in shown]
        self._closes = _ticks(closes)

    def kind(self, found: Sequence[Cell]) -> str | None:
        """What the account is (as in ACCOUNTS' `account_kind`); None where nothing marks it."""
        if "objectsid" not in self._kind and "useraccountcontrol" not in self._kind:
            return None
        from pipeline.directories.ldap_schema.active_directory import kind_of  # ldap3 takes its time to import
        from pipeline.directories.ldap_schema.entry import Entry

        entry = Entry("", {name: _raw(found[position]) for name, position in self._kind.items()})
        marked = kind_of(entry)
        return marked[0] if marked else None

    def is_over(self, found: Sequence[Cell], moment: datetime) -> bool:
        """Whether the account had expired then; ValueError when a cell does not say it."""
        ends = [self._closes(found[position]) for position in self._ends]
        return any(isinstance(end, datetime) and end <= moment for end in ends)


def _raw(cell: Cell) -> list[bytes]:
    written = cell if isinstance(cell, tuple) else (cell,) if isinstance(cell, str) and cell.strip() else ()
    return [
        bytes.fromhex(hexed[1]) if (hexed := _HEX.fullmatch(each)) else each.encode("utf-8", "replace")
        for each in written
    ]
