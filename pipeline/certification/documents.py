"""Campaigns as documents: canonical JSON, its digests, and the compressed form in the ledger."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from pipeline.certification.model import Default, Evidence, Item, ItemFinding, ItemKind, Scope, Verdict

LEVEL = 6
"""Of compression: 10,000 items are about 10 MB of JSON, and a tenth of that compressed."""


def canonical(document: Any) -> str:
    """The one JSON text of a document: names sorted, no spaces, ASCII only, instants in UTC to the microsecond."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), default=_plain)


def sha256(document: Any) -> str:
    """Of the canonical text."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def fingerprint(access: Mapping[str, str | None]) -> str:
    """Of the facts that an access is known by."""
    return sha256(dict(access))


def sealed(item: Item) -> Item:
    """The item with its fingerprint and its digest, which cover all of it."""
    with_print = replace(item, fingerprint=fingerprint(item.access), digest="")
    return replace(with_print, digest=sha256(item_document(with_print)))


def is_sealed(item: Item) -> bool:
    """Whether the digest is that of the item as it is."""
    return sealed(item).digest == item.digest


def item_document(item: Item) -> dict[str, Any]:
    """An item as JSON documents hold it."""
    return asdict(replace(item, access=dict(item.access)))


def item_of(document: Mapping[str, Any]) -> Item:
    """The item that a document of `item_document` holds. Raises KeyError, TypeError or ValueError for others."""
    evidence = dict(document["evidence"])
    evidence["findings"] = tuple(ItemFinding(**each) for each in evidence["findings"])
    evidence["last_used_at"] = instant_of(evidence["last_used_at"])
    evidence["as_of"] = instant_of(evidence["as_of"])
    return Item(
        **{
            **document,
            "kind": ItemKind(document["kind"]),
            "person_names": tuple(document["person_names"]),
            "evidence": Evidence(**evidence),
            "recommendation": Verdict(document["recommendation"]),
        }
    )


def packed_scope(choices: Mapping[str, Any], context: Mapping[str, Any], items: Iterable[Item]) -> bytes:
    """What was chosen, what it was started from, and the items, compressed."""
    return packed({"choices": choices, "context": context, "items": [item_document(item) for item in items]})


def packed(document: Any) -> bytes:
    """A document, compressed; the same bytes for the same document."""
    return zlib.compress(canonical(document).encode(), LEVEL)


def unpacked(stored: bytes) -> Any:
    """What `packed` made. Raises ValueError for anything else."""
    try:
        return json.loads(zlib.decompress(stored))
    except zlib.error as error:
        raise ValueError(f"it is no compressed document ({error})") from error


def digest_of(stored: bytes) -> str:
    """SHA-256 of the bytes."""
    return hashlib.sha256(stored).hexdigest()


def choices(
    scope: Scope, directories: Iterable[str], where: str, fallbacks: Iterable[str], default: Default
) -> dict[str, Any]:
    """The options a campaign was started with."""
    return {
        "scope": str(scope),
        "directories": list(directories),
        "where": where,
        "fallbacks": list(fallbacks),
        "default": str(default),
    }


def instant_of(text: str | None) -> datetime | None:
    """An instant as `canonical` writes it."""
    return None if text is None else datetime.fromisoformat(text)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} has no place in a document")
