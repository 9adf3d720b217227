"""Recognises a full disk in any library's error."""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipeline.problems import Problem

_SPOKEN_OF = re.compile(
    r"no space left on device|disk quota exceeded|database or disk is full|not enough space on the disk|disk is full",
    re.IGNORECASE,
)
"""As the operating system, DuckDB, SQLite and Arrow say it; DuckDB passes on the system's words."""


_AMBIGUOUS = re.compile(r"disk i/o error|io error|i/o error|bus error", re.IGNORECASE)
"""SQLite says no more than this when it cannot enlarge the shared memory beside its log."""
NEARLY_NOTHING = 16 * 1024**2
"""Bytes: with less free, an ambiguous failure to write is put down to it."""


def is_full(error: BaseException, place: Path | None = None) -> bool:
    """Whether `error`, or what it was caused by, is a disk or a quota that is full; `place` settles ambiguous words."""
    chain = list(_chain(error))
    if any(_says_so(each) for each in chain):
        return True
    ambiguous = any(_AMBIGUOUS.search(str(each)) for each in chain)
    return ambiguous and place is not None and _free_bytes(place) < NEARLY_NOTHING


def says_full(text: str) -> bool:
    """Whether a message of a library is about a full disk."""
    return _SPOKEN_OF.search(text) is not None


def disk_full(place: Path, connection: str = "") -> Problem:
    """The problem to show: which folder, and how little is left there."""
    return Problem.of("disk_full", connection=connection, place=place, free=_free(place))


def _says_so(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return says_full(str(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting += [
            each.__cause__,
            each.__context__,
            getattr(each, "orig", None),
            getattr(each, "user_exception", None),
        ]


def _free(place: Path) -> str:
    free = _free_bytes(place)
    return f"{free / 1024**2:,.1f} MiB" if free < float("inf") else "an unknown amount"


def _free_bytes(place: Path) -> float:
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        return shutil.disk_usage(place).free
    except OSError:
        return float("inf")
