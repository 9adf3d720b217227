"""Parses dates on the command line, strictly."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import typer


def instant(text: str, option: str) -> datetime:
    """`2026-06-30` (00:00 UTC) or `2026-06-30T12:00:00+02:00`; usage error for anything else."""
    try:
        # The library would take 20260630 and week dates too, which nobody means and a typing error looks like.
        if not re.match(r"\d{4}-\d{2}-\d{2}($|[T ])", text):
            raise ValueError
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            "not an instant; write 2026-06-30 or 2026-06-30T12:00:00Z", param_hint=option
        ) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
