"""How a benchmark tells what it found: lines of numbers for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Line:
    """One number. `limit` is the most it should be, when somebody promised one."""

    name: str
    value: float
    unit: str = ""
    limit: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Empty without a limit."""
        if self.limit is None:
            return ""
        return "ok" if self.value <= self.limit else "MISSED"


@dataclass(frozen=True)
class Result:
    """One benchmark's numbers."""

    title: str
    lines: Sequence[Line]


def table(results: Sequence[Result]) -> str:
    """All of them as text, a line a number."""
    out = []
    for result in results:
        out += ["", result.title, "-" * len(result.title)]
        width = max(len(line.name) for line in result.lines)
        for line in result.lines:
            limit = f"  at most {_number(line.limit)}: {line.verdict}" if line.limit is not None else ""
            note = f"  ({line.note})" if line.note else ""
            out.append(f"  {line.name:<{width}}  {_number(line.value):>10} {line.unit:<8}{limit}{note}".rstrip())
    return "\n".join(out[1:])


def as_json(results: Sequence[Result]) -> str:
    """All of them as a JSON list."""
    return json.dumps(
        [
            {"title": one.title, "lines": [asdict(line) | {"verdict": line.verdict} for line in one.lines]}
            for one in results
        ],
        indent=2,
    )


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"
