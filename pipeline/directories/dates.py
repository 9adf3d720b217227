"""Parses dates as products and spreadsheets write them, where they have only one meaning.

`03/04/2025` is two dates. A cell such as `31/12/2025` has one meaning, and shows how its column is written; when no
cell of a column does, or two of them disagree, the doubtful cells stay unknown. Two digits for a year are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

Order = Literal["day", "month"]

_TIME = (
    r"(?:[T,\s]\s*(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-9][0-9])(?:[:.](?P<second>[0-9][0-9])(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?:\s*(?P<half>[AP])\.?M\.?)?)?"
)
_ZONE = r"(?:\s*(?P<zone>Z|UTC|GMT|[+-][0-9][0-9](?::?[0-9][0-9])?))?"
_NAMED = r"(?P<name>[A-Z]{3,9})\.?"
_FORMS = tuple(
    re.compile(form + _TIME + _ZONE, re.IGNORECASE)
    for form in (
        r"(?P<year>[0-9]{4})(?P<sign>[-/.])(?P<month>[0-9]{1,2})(?P=sign)(?P<day>[0-9]{1,2})",
        r"(?P<first>[0-9]{1,2})(?P<sign>[-/.])(?P<second_part>[0-9]{1,2})(?P=sign)(?P<year>[0-9]{4})",
        rf"(?P<day>[0-9]{{1,2}})(?:\.?\s+|-){_NAMED}(?:,?\s+|-)(?P<year>[0-9]{{4}})",
        rf"{_NAMED}\s+(?P<day>[0-9]{{1,2}}),?\s+(?P<year>[0-9]{{4}})",
    )
)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTHS = {word: number for number, month in enumerate(_MONTHS, start=1) for word in (month, month[:3])} | {"sept": 9}
_FILETIME = re.compile(r"1[2-4][0-9]{16}", re.ASCII)
"""Microsoft's count of 100 ns since 1601, from 1981 to 2076."""
_MILLISECONDS, _SECONDS = re.compile(r"1[0-9]{12}", re.ASCII), re.compile(r"1[0-8][0-9]{8}", re.ASCII)
"""Counts since 1970, both from 2001; of seconds only those that cannot be a date and an hour (`2024022923`)."""


class DoubtfulDateError(ValueError):
    """A date with two meanings, in a column that does not show which of them is meant."""


@dataclass
class DayOrder:
    """What the dates of one column show of their order. `known` is what an earlier reading of it has shown."""

    known: Order | None = None
    shown: set[Order] = field(default_factory=set)
    doubtful: int = 0

    @property
    def learned(self) -> Order | None:
        """The order that would make doubtful dates certain; None where there are none, or nothing shows it."""
        return next(iter(self.shown)) if self.doubtful and len(self.shown) == 1 else None


def instant(written: str, order: DayOrder) -> datetime:
    """The instant, with its zone if the text has one. Raises ValueError, and DoubtfulDateError where two are meant."""
    if written.isascii() and written.isdigit():
        return _counted(written)
    for form in _FORMS:
        if found := form.fullmatch(written):
            return _read(found, order)
    raise ValueError("not a date that is known")


def _counted(digits: str) -> datetime:
    if _FILETIME.fullmatch(digits):
        return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(digits) // 10)
    if _MILLISECONDS.fullmatch(digits):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(digits))
    if _SECONDS.fullmatch(digits):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(digits))
    raise ValueError("a number that is no instant")


def _read(found: re.Match[str], order: DayOrder) -> datetime:
    parts = found.groupdict()
    if "first" in parts:
        return _ordered(parts, order)
    month = int(parts["month"]) if "month" in parts else _month(parts["name"])
    return _moment(parts, month, int(parts["day"]))


def _ordered(parts: dict[str, str | None], order: DayOrder) -> datetime:
    first, second = int(parts["first"] or 0), int(parts["second_part"] or 0)
    if first == second:
        return _moment(parts, first, first)
    if first > 12 or second > 12:
        order.shown.add("day" if first > 12 else "month")
        return _moment(parts, min(first, second), max(first, second))
    if order.known is None:
        _moment(parts, first, second)
        order.doubtful += 1
        raise DoubtfulDateError("day or month first")
    return _moment(parts, second, first) if order.known == "day" else _moment(parts, first, second)


def _moment(parts: dict[str, str | None], month: int, day: int) -> datetime:
    hour, half = int(parts["hour"] or 0), (parts["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        raise ValueError("no hour of half a day")
    hour = hour % 12 + (12 if half == "p" else 0) if half else hour
    moment = datetime(int(parts["year"] or 0), month, day, hour, int(parts["minute"] or 0), int(parts["second"] or 0))
    moment += timedelta(microseconds=int((parts["fraction"] or "0").ljust(6, "0")[:6]))
    return moment if parts["zone"] is None else moment.replace(tzinfo=UTC) - _offset(parts["zone"])


def _offset(zone: str) -> timedelta:
    if zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 15 or minutes > 59:
        raise ValueError("no zone on earth")
    return timedelta(hours=hours, minutes=minutes) * (1 if zone[0] == "+" else -1)


def _month(name: str | None) -> int:
    """The number of an English month, also abbreviated; ValueError for any other word."""
    word = (name or "").lower()
    if word not in MONTHS:
        raise ValueError("no English month")
    return MONTHS[word]
