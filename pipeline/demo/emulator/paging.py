"""MaxItems and Marker for every IAM listing; moto pages hardly any.

A marker names the last key given out, not an offset, so that a user deleted between two pages moves nobody out of the
listing.
"""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pipeline.demo.emulator.errors import ApiError, invalid

DEFAULT_ITEMS, MOST_ITEMS = 100, 1000
T = TypeVar("T")


@dataclass(frozen=True)
class PageRequest:
    """What a caller asked for: how many items, and after which key.

    `scope` ties a marker to the listing that gave it.
    """

    items: int
    after: tuple[str, ...] | None
    scope: str

    @classmethod
    def asked(cls, params: Mapping[str, str], scope: str, page_size: int | None = None) -> PageRequest:
        """Read MaxItems and Marker; `page_size` makes pages shorter than asked, as IAM reserves the right to."""
        items = _max_items(params.get("MaxItems"))
        if page_size is not None:
            items = min(items, page_size)
        marker = params.get("Marker")
        return cls(items, _after(marker, scope) if marker is not None else None, scope)

    def cut(self, ordered: Sequence[T], key: Callable[[T], tuple[str, ...]]) -> tuple[Sequence[T], dict[str, Any]]:
        """The page of `ordered` (sorted by `key`), and the IsTruncated and Marker that go with it."""
        start = 0 if self.after is None else bisect_right(ordered, self.after, key=key)
        page = ordered[start : start + self.items]
        if start + self.items >= len(ordered):
            return page, {"IsTruncated": False}
        return page, {"IsTruncated": True, "Marker": _marker(self.scope, key(page[-1]))}


def _max_items(text: str | None) -> int:
    if text is None:
        return DEFAULT_ITEMS
    try:
        items = int(text)
    except ValueError:
        raise ApiError("MalformedInput", f"Invalid value for MaxItems: {text}") from None
    if items < 1:
        raise invalid(items, "maxItems", "Member must have value greater than or equal to 1")
    if items > MOST_ITEMS:
        raise invalid(items, "maxItems", f"Member must have value less than or equal to {MOST_ITEMS}")
    return items


def _marker(scope: str, key: tuple[str, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps([scope, *key]).encode()).decode()


def _after(marker: str, scope: str) -> tuple[str, ...]:
    try:
        found = json.loads(base64.urlsafe_b64decode(marker.encode()))
    except (binascii.Error, ValueError):
        found = None
    if not isinstance(found, list) or not found or found[0] != scope:
        raise ApiError("ValidationError", f"Invalid Marker: {marker}")
    return tuple(str(part) for part in found[1:])
