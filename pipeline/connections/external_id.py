"""Generates and recognises external IDs.

The external ID is what stops a stranger who guesses a role's ARN from having this program read it for them (the
confused deputy). It must therefore come from the reader and never from the person who connects an account; see "The
confused deputy problem" in the IAM user guide.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection

PREFIX = "cc-"
RANDOM_BYTES = 16
OURS = re.compile(rf"{PREFIX}[0-9a-f]{{{2 * RANDOM_BYTES}}}")
_ALLOWED = re.compile(r"[\w+=,.@:/-]*", re.ASCII)


def new_external_id(taken: Collection[str] = ()) -> str:
    """A fresh external ID, none of `taken`: `cc-` and 128 random bits in hexadecimal."""
    while True:
        candidate = PREFIX + secrets.token_hex(RANDOM_BYTES)
        if candidate not in taken:
            return candidate


def is_ours(text: str) -> bool:
    """Whether `text` has the form `new_external_id` gives."""
    return OURS.fullmatch(text) is not None


def fault_of(text: str) -> str:
    """What is wrong with `text` as an external ID; empty when nothing is. Never repeats it."""
    if not 2 <= len(text) <= 1224:
        return f"has {len(text)} characters. an external ID has 2 to 1224"
    if not _ALLOWED.fullmatch(text):
        return "has a character that AWS does not allow. use A-Z a-z 0-9 _ + = , . @ : / -"
    return ""


def masked(external_id: str) -> str:
    """Enough of it to tell two apart, not enough to use."""
    return f"{external_id[:7]}…" if len(external_id) > 12 else "…"
