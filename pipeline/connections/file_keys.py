"""Types and rules of a file connection's keys."""

from __future__ import annotations

import codecs
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, ValidationInfo

ColumnName = Literal[
    "native_id",
    "username",
    "display_name",
    "given_name",
    "middle_name",
    "family_name",
    "preferred_name",
    "email",
    "alias_emails",
    "employee_id",
    "prior_employee_id",
    "worker_type",
    "status",
    "is_enabled",
    "locked_at",
    "hired_on",
    "terminated_on",
    "manager_id",
    "department",
    "title",
    "account_kind",
    "created_at",
    "last_active_at",
]
"""What this project can know about an account in a file, by the name it has in every table."""

COLUMN_NAMES: tuple[str, ...] = get_args(ColumnName)
FORMATS: tuple[str, ...] = ("csv", "tsv", "parquet", "xlsx", "json", "jsonl", "ldif")


def _resolve(value: object, info: ValidationInfo) -> object:
    """An absolute path of a readable format; a relative one starts at `context["base"]`, the home's folder."""
    if isinstance(value, str):
        if not value.strip():
            raise ValueError("is empty. write the path of a file")
        base = (info.context or {}).get("base")
        value = Path(value).expanduser()
        value = Path(base) / value if base else value
    if isinstance(value, Path) and value.suffix.lower().removeprefix(".") not in FORMATS:
        raise ValueError(f"has an ending nobody here can read. use a file that ends in .{', .'.join(FORMATS)}")
    return value


FilePath = Annotated[Path, BeforeValidator(_resolve)]


def check_encoding(value: str) -> str:
    """A text encoding Python knows, or ValueError."""
    try:
        known = codecs.lookup(value)
        "".encode(known.name)
    except (LookupError, ValueError):
        raise ValueError("is not a known text encoding. use one such as utf-8, cp1252 or utf-16") from None
    return known.name


def check_date_format(value: str) -> str:
    """A format that can write a date down and read the same day again, or ValueError."""
    day = datetime(2031, 12, 29, tzinfo=UTC)
    try:
        same = datetime.strptime(day.strftime(value), value).date() == day.date()
    except ValueError:
        same = False
    if not same:
        raise ValueError("is not a format of a whole date. write it with %Y, %m and %d, such as %d.%m.%Y")
    return value
