"""Quotes identifiers and literals that DuckDB cannot bind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime


def quote_ident(*names: str) -> str:
    """`a`, `b` as `"a"."b"`: a name or the path to it, whatever its characters. ValueError for NUL or an empty name."""
    return ".".join(_quoted(name) for name in names)


def statement(template: str, **names: str | Sequence[str]) -> str:
    """`template` with every `{placeholder}` filled: a name, a tuple (the path to one) or a list of names, quoted."""
    return template.format(**{key: _identifier(value) for key, value in names.items()})


def quote_literal(text: str) -> str:
    """A string literal, for the statements that take no parameter (`comment on`)."""
    if "\0" in text:
        raise ValueError("SQL text cannot hold NUL")
    return "'" + text.replace("'", "''") + "'"


def utc_naive(instant: datetime) -> datetime:
    """The same instant as DuckDB's TIMESTAMP has it: UTC, without a zone. A value without a zone is UTC already."""
    return instant if instant.tzinfo is None else instant.astimezone(UTC).replace(tzinfo=None)


def _identifier(value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        return quote_ident(value)
    if isinstance(value, tuple):
        return quote_ident(*value)
    return ", ".join(quote_ident(name) for name in value)


def _quoted(name: str) -> str:
    if not name or "\0" in name:
        raise ValueError(f"not an SQL identifier: {name!r}")
    return '"' + name.replace('"', '""') + '"'
