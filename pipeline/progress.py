"""How a long operation reports its progress, and the result of each step of a connection test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from pipeline.problems import Problem


@dataclass(frozen=True)
class Step:
    """One line of `certify test`: what was tried, how it went, and the fix when it failed.

    `outcome` is `ok`, `failed` or `not_tried`; a step whose failure makes the connection unusable is `required`.
    """

    name: str
    outcome: Literal["ok", "failed", "not_tried"]
    detail: str = ""
    fix: str = ""
    seconds: float = 0.0
    required: bool = True
    problem: Problem | None = None
    unneeded: bool = False
    """An action that is denied, and adds nothing to what an allowed one shows: neither allowed nor missing."""


class Progress(Protocol):
    """Receives how far a read is; `total` is None while it is not known."""

    def __call__(self, connection: str, stage: str, done: int, total: int | None) -> None: ...


def silent(connection: str, stage: str, done: int, total: int | None) -> None:
    """Ignores progress."""
