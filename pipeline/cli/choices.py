"""The words a command line may choose from, and what completion offers.

Belongs here: formats, severities, kinds of findings, and connection names read quickly enough for a TAB key.
Does not belong here: judging connections.yaml; the completion below only looks at it, and forgives everything.
"""

from __future__ import annotations

import os
import re
from enum import StrEnum

from pipeline.home import Home

_NAME = re.compile(r"^\s*(?:-\s+)?name:\s*[\"']?([a-z][a-z0-9-]{0,40})\b", re.MULTILINE)


class Format(StrEnum):
    """How rows are written to stdout."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class Kind(StrEnum):
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


class Status(StrEnum):
    """Which findings: `open` leaves out those that are excepted, resolved or ended with their directory."""

    OPEN = "open"
    EXCEPTED = "excepted"
    RESOLVED = "resolved"
    DIRECTORY_REMOVED = "directory_removed"
    DIRECTORY_CHANGED = "directory_changed"
    ALL = "all"


def connection_names(incomplete: str) -> list[str]:
    """Names for completion, without importing a YAML parser: TAB must answer at once."""
    try:
        text = Home.locate(None, os.environ).connections_file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return sorted({name for name in _NAME.findall(text) if name.startswith(incomplete)})
