"""Strict reading of botocore's dictionaries: an answer without the fields that identify it is malformed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

ApiResponse = Mapping[str, Any]
V = TypeVar("V")


class MalformedResponseError(Exception):
    """AWS (or something on the way) answered in a shape the API does not have."""


def text(item: ApiResponse, name: str) -> str:
    """A field that must be there and not be empty."""
    value = item.get(name)
    if not isinstance(value, str) or not value:
        raise MalformedResponseError(f"no {name} in the answer")
    return value


def instant(value: object) -> datetime | None:
    """A time as the tables keep it: UTC without a zone."""
    if value is None or value == "":
        return None
    if not isinstance(value, datetime):
        raise MalformedResponseError(f"a time that is none: {str(value)[:40]}")
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value


def listing(name: str, read: Callable[[ApiResponse], V]) -> Callable[[ApiResponse], list[V]]:
    """How to read the list `name` of an answer."""

    def read_all(answer: ApiResponse) -> list[V]:
        items = answer.get(name)
        if not isinstance(items, list):
            raise MalformedResponseError(f"no {name} in the answer")
        return [read(item) for item in items]

    return read_all
