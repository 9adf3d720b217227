"""Tells whether somebody decides about their own access."""

from __future__ import annotations

import unicodedata

from pipeline.certification.model import Item


def is_self(item: Item, who: str) -> bool:
    """Whether `who`, as stated, is one of the names of the person an item is about."""
    return bool(who.strip()) and plain(who) in {plain(name) for name in item.person_names}


def plain(name: str) -> str:
    """A name without case, width and spacing, by which two spellings of it are the same."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
