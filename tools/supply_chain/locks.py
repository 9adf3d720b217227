"""The locks in requirements/: every package, its version and hashes, and which set needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
SETS = {"base": "program", "splink": "suggestions", "demo": "demo", "dev": "development"}
"""The locks, the smallest first, and what each is for."""

_PINNED = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>[^\\]+?))?(?P<hashes>( --hash=\S+)*)$"
)
_HASH = re.compile(r"--hash=(\S+)")
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Locked:
    """One package of a lock: `name` in its canonical form; `marker` says on which systems it is needed."""

    name: str
    version: str
    hashes: tuple[str, ...]
    marker: str = ""

    @property
    def is_for_here(self) -> bool:
        """Whether this system and this Python need it."""
        return not self.marker or Marker(self.marker).evaluate()


def read_lock(text: str) -> list[Locked]:
    """The packages of a lock, some twice for two versions of Python.

    Raises ValueError with every line that is anything but a package pinned by version and SHA-256.
    """
    packages, faults = [], []
    for line in _logical_lines(text):
        found = _PINNED.fullmatch(line)
        hashes = tuple(_HASH.findall(found["hashes"])) if found else ()
        if found is None or not hashes or not all(_SHA256.fullmatch(each) for each in hashes):
            faults.append(line)
            continue
        packages.append(Locked(canonicalize_name(found["name"]), found["version"], hashes, found["marker"] or ""))
    if faults:
        raise ValueError("not pinned by hash: " + "; ".join(faults))
    return packages


def locked(lock: str) -> list[Locked]:
    """The packages of `base`, `splink`, `demo` or `dev`."""
    return read_lock((REQUIREMENTS / f"{lock}.txt").read_text(encoding="utf-8"))


def needed_for() -> dict[str, str]:
    """By package of any lock: what the smallest lock it is in is for."""
    return {name: SETS[lock] for lock in reversed(SETS) for name in {each.name for each in locked(lock)}}


def _logical_lines(text: str) -> Iterator[str]:
    for line in text.replace("\\\n", " ").splitlines():
        if content := line.partition("#")[0].strip():
            yield " ".join(content.split())
