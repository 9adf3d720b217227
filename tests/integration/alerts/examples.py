"""Sightings and messages for tests of alerts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipeline.alerts.check_state import CheckState, CheckTransition, State
from pipeline.alerts.message import Message

AT = datetime(2026, 11, 24, 3, 15, tzinfo=UTC)
HOSTILE = "\x1b[2J<!channel> <https://evil.example|click>\r\nBcc: everybody@example.org\u202egnp.exe & `x`"
"""What an AWS message, a user name or an HR record may hold."""


def seen(check: str, state: State = "failing", connection: str = "production", **more: Any) -> CheckState:
    asset = more.pop("asset", "landing/aws_iam")
    return CheckState(asset=asset, check=check, connection=connection, state=state, at=AT, **more)


def failing(*sightings: CheckState) -> Message:
    listed = list(sightings) or [seen("can_read", code="read_denied", what="Not authorized", remedy="allow it")]
    return Message(id="certify-0123", at=AT, home="/srv/certify", change=CheckTransition(failing=listed))
