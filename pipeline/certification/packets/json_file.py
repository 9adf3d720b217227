"""Reads the file that a page's Download decisions makes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.certification.packets.page import FORMAT, VERSION
from pipeline.certification.packets.rows import Row, UnreadablePacketError, shortened

TEXTS = ("item_id", "digest", "decision", "comment")
MOST_ROWS = 200_000


def json_rows(raw: bytes) -> list[Row]:
    """The decisions of a download. Raises UnreadablePacketError for any other JSON."""
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadablePacketError("is damaged: it is no JSON") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UnreadablePacketError("holds no decisions of a review page")
    if document.get("version") != VERSION:
        raise UnreadablePacketError(f"is of another version than {VERSION}; export the packet again")
    decisions = document.get("decisions")
    if not isinstance(decisions, list) or len(decisions) > MOST_ROWS:
        raise UnreadablePacketError("holds no list of decisions")
    of_all = {key: document.get(key) for key in ("campaign", "packet", "reviewer", "decided_by")}
    if wrong := [key for key, value in of_all.items() if not isinstance(value, str)]:
        raise UnreadablePacketError(f"does not say its {', '.join(wrong)}")
    return [_row(number, each, document) for number, each in enumerate(decisions, start=1)]


def _row(number: int, said: Any, document: Mapping[str, Any]) -> Row:
    values = said if isinstance(said, dict) else {}
    faults = [f"its {key} is no text" for key in TEXTS if not isinstance(values.get(key), str)]
    decided_at = None
    try:
        decided_at = _instant(values.get("decided_at"))
    except (ValueError, OverflowError):
        faults.append("its decided_at is no instant")
    texts = {key: values[key] if isinstance(values.get(key), str) else "" for key in TEXTS}
    who = str(document["decided_by"]).strip() or str(document["reviewer"])
    row = Row(
        number,
        str(document["campaign"]),
        str(document["packet"]),
        **texts,
        decided_by=who,
        decided_at=decided_at,
        fault="; ".join(faults),
    )
    return shortened(row)


def _instant(text: object) -> datetime:
    """An instant with its zone."""
    if not isinstance(text, str):
        raise ValueError("no text")
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("no zone")
    return found.astimezone(UTC)
