"""The emulated AWS's clock and time formats.

moto keeps naive UTC datetimes, IAM keeps whole seconds, callers bring aware ones: the one conversion between them is
here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the current instant, aware."""


def wall_clock() -> datetime:
    """The `Clock` of somebody who brings none."""
    return datetime.now(UTC)


def stored(instant: datetime) -> datetime:
    """An instant as moto stores it: naive UTC, whole seconds. A naive one is taken to be UTC already."""
    if instant.tzinfo is not None:
        instant = instant.astimezone(UTC).replace(tzinfo=None)
    return instant.replace(microsecond=0)


def stored_or_none(instant: datetime | None) -> datetime | None:
    """`stored`, where there may be no instant at all."""
    return None if instant is None else stored(instant)


def iso(instant: datetime) -> str:
    """As IAM writes it in XML: `2026-11-24T03:15:00Z`."""
    return stored(instant).isoformat() + "Z"


def report_iso(instant: datetime) -> str:
    """As the credential report writes it: `2026-11-24T03:15:00+00:00`."""
    return stored(instant).isoformat() + "+00:00"
