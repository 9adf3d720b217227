"""Makes values safe to show: visible escapes for terminals, CSV without formulas, exact JSON.

Every string of a directory is hostile: an AWS user may be called `=1+1`, an HR display name may hold an escape sequence
that repaints the terminal, or a right-to-left mark that shows `gnp.exe` as `exe.png`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pipeline.spreadsheets import guarded
from pipeline.visible_text import INVISIBLE
from pipeline.visible_text import visible as visible  # of everything a command shows


def cell(value: object) -> str:
    """`value` as one line of a table; nothing for None, instants to the minute, in UTC."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, (list, tuple)):
        return visible(", ".join(str(item) for item in value))
    if isinstance(value, dict):
        return visible(json_text(value))
    return visible(str(value))


def age(span: timedelta) -> str:
    """A length of time as a person would say it: `4 min`, `7 h`, `12 d`."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


def instant(value: datetime) -> str:
    """ISO 8601 with a Z; a value without a zone is UTC, as it is in every table."""
    return value.replace(tzinfo=None).isoformat() + "Z"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return str(value)


def json_text(document: Any, *, indent: int | None = None) -> str:
    """`document` as exact JSON; invisible characters travel as `\\uXXXX`: the same to a program, harmless to see."""
    text = json.dumps(document, default=_plain, ensure_ascii=False, indent=indent)
    # Outside its strings JSON holds no such character but its own line ends, so the text can be rewritten as a whole.
    return INVISIBLE.sub(
        lambda found: found.group() if found.group() == "\n" else json.dumps(found.group())[1:-1], text
    )


def csv_field(value: object) -> str:
    """One field of a CSV file. A string that a spreadsheet would execute gets a leading `'`; a number does not."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    text = value if isinstance(value, str) else str(_plain(value))
    if isinstance(value, (dict, list, tuple)):
        text = json_text(value)
    text = guarded(text)
    # The standard library's writer leaves a bare CR unquoted when lines end in LF.
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in '",\n\r') else text


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]], *, terminal: bool = False) -> str:
    """RFC 4180 with a header line, lines ending in LF. To a file or a pipe it is exact; a terminal sees escapes."""
    lines = [",".join(csv_field(name) for name in columns)]
    lines += [",".join(csv_field(value) for value in row) for row in rows]
    return "".join(f"{visible(line) if terminal else line}\n" for line in lines)
