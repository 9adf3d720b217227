"""Output formats, and shell completion of connection names."""

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


def connection_names(incomplete: str) -> list[str]:
    """Names for completion, without importing a YAML parser: TAB must answer at once."""
    try:
        text = Home.locate(None, os.environ).connections_file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return sorted({name for name in _NAME.findall(text) if name.startswith(incomplete)})
