"""Writes a packet as one HTML page that needs nothing else and may do nothing else."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from html import escape
from importlib.resources import files
from typing import Any

from pipeline.certification.model import Verdict
from pipeline.certification.packets.columns import evidence, minute
from pipeline.certification.packets.packet import Packet
from pipeline.certification.self_review import is_self
from pipeline.ledger.decisions import LONGEST_NAME, LONGEST_REASON
from pipeline.visible_text import visible

FORMAT, VERSION = "certify-decisions", 1
"""Of the file that the page's Download decisions makes."""
SCRIPTS = ("packet.js", "store.js", "filters.js", "rows.js", "bulk.js", "keyboard.js", "main.js")
_PLACE = re.compile(r"@\{(\w+)\}")


def page(packet: Packet) -> str:
    """The page. What comes from a directory lies in it compressed, as no markup, and is only ever shown as text."""
    script = "(() => {\n" + "".join(_asset(name) for name in SCRIPTS) + "})();\n"
    style = _asset("page.css")
    values = {
        "csp": f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'",
        "title": escape(visible(f"{packet.review.campaign.name}: access review by {packet.shown}")),
        "style": style,
        "packet": _packed(document(packet)),
        "script": script,
    }
    return _PLACE.sub(lambda place: values[place[1]], _asset("page.html"))


def document(packet: Packet) -> dict[str, Any]:
    """What the page shows, its items by column."""
    campaign, items = packet.review.campaign, packet.items
    shown = [evidence(packet.review, item) for item in items]
    decisions = [packet.review.decision_of(item) for item in items]
    return {
        "format": FORMAT,
        "version": VERSION,
        "campaign": campaign.name,
        "due": minute(campaign.due_at) if campaign.due_at else "",
        "if_undecided": str(campaign.default),
        "packet": packet.packet_id,
        "reviewer": packet.reviewer,
        "reviewer_shown": visible(packet.shown),
        "exported_at": minute(packet.exported_at),
        "verdicts": list(Verdict),
        "longest_comment": LONGEST_REASON,
        "longest_name": LONGEST_NAME,
        "count": len(items),
        "columns": {
            **{key: [texts[key] for texts in shown] for key in (shown[0] if shown else ())},
            "item_id": [item.item_id for item in items],
            "digest": [item.digest for item in items],
            "recorded_decision": [str(decision.decision) if decision else "" for decision in decisions],
            "is_own": [is_self(item, packet.reviewer) for item in items],
        },
    }


def _packed(packet: dict[str, Any]) -> str:
    text = json.dumps(packet, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode("utf-8", "backslashreplace"), 9, mtime=0)).decode()


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _asset(name: str) -> str:
    return files("pipeline.certification.packets").joinpath("assets", name).read_text(encoding="utf-8")
