"""One packet: the items of one reviewer, and what identifies the copy that was given out."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.certification.model import Item, Review

PACKET_ID = re.compile(r"p-[0-9a-f]{10}")


@dataclass(frozen=True)
class Packet:
    """What one workbook or one page holds.

    `packet_id` belongs to this file alone: by it an import tells a decision that was changed since the file was last
    taken from one that was not.
    """

    packet_id: str
    review: Review
    reviewer: str
    items: Sequence[Item]
    exported_at: datetime

    @property
    def shown(self) -> str:
        """The reviewer's address, with the name where the roster has one."""
        name = next((item.reviewer_name for item in self.items if item.reviewer == self.reviewer), "")
        return f"{name} <{self.reviewer}>" if name and name != self.reviewer else self.reviewer


def new_packet_id() -> str:
    """An id that no other packet has."""
    return f"p-{secrets.token_hex(5)}"
