"""The words for findings: which kinds, which severities and which states there are."""

from __future__ import annotations

from enum import StrEnum


class FindingKind(StrEnum):
    """Which findings, as an analyst would ask for them."""

    STALE = "stale"
    STALE_CREDENTIALS = "stale-credentials"
    ORPHANED = "orphaned"
    DUPLICATES = "duplicates"
    UNKNOWN = "unknown"


class Severity(StrEnum):
    """From the worst down."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Severity).index(self)


class FindingStatus(StrEnum):
    """Which findings: `open` leaves out those that are excepted, resolved or ended with their directory."""

    OPEN = "open"
    EXCEPTED = "excepted"
    RESOLVED = "resolved"
    DIRECTORY_REMOVED = "directory_removed"
    DIRECTORY_CHANGED = "directory_changed"
    ALL = "all"
