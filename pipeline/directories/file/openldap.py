"""Converts cells of operational attributes that OpenLDAP exports."""

from __future__ import annotations

from datetime import datetime

from pipeline.directories import cells
from pipeline.directories.cells import Cell, Reading
from pipeline.directories.ldap_schema import values

LOCKED = "pwdaccountlockedtime"


def reading(ours: str, header: str) -> Reading | None:
    """How this column is read when its header is such an attribute; None for any other."""
    if header.strip().lower() != LOCKED:
        return None
    return {"is_enabled": _is_open, "locked_at": _locked_at}.get(ours)


def _written(cell: Cell) -> bytes:
    return (cells.text(cell) or "").strip().encode()


def _is_open(cell: Cell) -> bool:
    """Whether no administrator shut the account; one without the attribute is open where others have it."""
    return _written(cell) != values.FOREVER_LOCKED


def _locked_at(cell: Cell) -> datetime | None:
    written = _written(cell)
    return values.instant(written) if written and written != values.FOREVER_LOCKED else None
