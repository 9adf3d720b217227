"""Converts a cell to text, an instant, a truth value or a list; what is not certain is unknown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from pipeline.directories import dates
from pipeline.directories.dates import DayOrder


@dataclass(frozen=True)
class Unreadable:
    """A cell that holds something which cannot be told, such as a formula nobody calculated."""

    reason: str


Cell = str | bool | datetime | date | tuple[str, ...] | Unreadable | None
"""Text as it stands; formats with types of their own keep dates, truth values and lists."""

Value = str | datetime | bool | None
Reading = Callable[[Cell], Value]


class UnknownCellError(ValueError):
    """An empty cell of an export that leaves empty what it does not know."""


NEVER = frozenset({"never", "never logged in", "never signed in", "never used"})
"""Words for a last sign-in that there never was."""
_TRUE = frozenset(
    {
        *("true", "yes", "y", "t", "1", "on", "active", "enabled"),
        *("wahr", "vrai", "verdadero", "verdadeiro", "vero", "waar", "sant", "sand", "prawda"),
        *("ja", "oui", "sí", "sim", "tak", "aktiv", "actif", "activo", "ativo", "attivo", "actief"),
    }
)
_FALSE = frozenset(
    {
        *("false", "no", "n", "f", "0", "off", "inactive", "disabled"),
        *("suspended", "deactivated", "deprovisioned", "archived", "blocked"),
        *("falsch", "faux", "falso", "onwaar", "falskt", "falsk", "fałsz"),
        *(
            "nein",
            "non",
            "não",
            "nee",
            "nej",
            "nie",
            "inaktiv",
            "inactif",
            "inactivo",
            "inativo",
            "inattivo",
            "inactief",
        ),
    }
)
"""English, and what spreadsheets and people write in other languages; no word is in both."""
_ISO = re.compile(
    r"(\d{4})(-?)(\d\d)\2(\d\d)"
    r"(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_GENERALIZED = re.compile(r"(\d{14})(?:\.\d+)?Z", re.ASCII)
"""RFC 4517: how LDAP writes an instant."""


def text(cell: Cell) -> str | None:
    """The text exactly as it stands; None for an empty cell. Of a list, its first."""
    if isinstance(cell, tuple):
        cell = cell[0] if cell else None
    if isinstance(cell, str):
        if not cell.isascii():
            cell.encode()  # half a character (a lone surrogate) raises a ValueError
        return cell or None
    if cell is None:
        return None
    if isinstance(cell, Unreadable):
        raise ValueError(cell.reason)
    return str(cell).lower() if isinstance(cell, bool) else cell.isoformat()


def instant(date_format: str | None, order: DayOrder) -> Reading:
    """Reads instants in UTC, without a zone; a date is its first moment.

    Text is as `date_format` says, else ISO 8601 or another form with one meaning; `order` is that of the column.
    """

    def read(cell: Cell) -> datetime | None:
        if isinstance(cell, datetime):
            return _utc(cell)
        if isinstance(cell, date):
            return datetime.combine(cell, time())
        written = (text(cell) or "").strip()
        if not written:
            return None
        if date_format:
            return _utc(datetime.strptime(written, date_format))
        return _utc(_iso(written) or dates.instant(written, order))

    return read


def last_seen(moment: Reading) -> Reading:
    """Reads a last sign-in; a word that says there never was one is None."""

    def read(cell: Cell) -> Value:
        return None if isinstance(cell, str) and cell.strip().casefold() in NEVER else moment(cell)

    return read


def flag(cell: Cell) -> bool | None:
    """Reads true and false in the words exports use."""
    if isinstance(cell, bool):
        return cell
    written = (text(cell) or "").strip().casefold()
    if not written:
        return None
    if written not in _TRUE | _FALSE:
        raise ValueError("neither true nor false")
    return written in _TRUE


def text_list(cell: Cell) -> str | None:
    """Reads several values, a list or text with commas, semicolons, bars or blanks between them, as a JSON list."""
    parts = cell if isinstance(cell, tuple) else re.split(r"[,;|\s]+", text(cell) or "")
    values = [part.strip() for part in parts if part.strip()]
    for value in values:
        value.encode()
    return json.dumps(values, ensure_ascii=False) if values else None


def _iso(written: str) -> datetime | None:
    """The instant, None where it is not written so, ValueError where it is and there is no such one."""
    generalized = _GENERALIZED.fullmatch(written)
    if generalized:
        return datetime.strptime(generalized[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    match = _ISO.fullmatch(written)
    if match is None:
        return None
    year, _, month, day, hour, minute, second, fraction, zone = match.groups()
    moment = datetime(
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        int((fraction or "0").ljust(6, "0")[:6]),
    )
    return moment if zone is None else datetime.fromisoformat(f"{moment.isoformat()}{_zone(zone)}")


def _zone(written: str) -> str:
    if written in "Zz":
        return "+00:00"
    digits = written[1:].replace(":", "").ljust(4, "0")
    return f"{written[0]}{digits[:2]}:{digits[2:]}"


def _utc(moment: datetime) -> datetime:
    """Without a zone, UTC; one that has none is UTC already. ValueError beyond the years there are."""
    try:
        return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise ValueError("beyond the calendar") from None
