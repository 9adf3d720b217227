"""Removes a home, after listing what it holds that cannot be rebuilt."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.home import Home
from pipeline.ledger.store import Ledger
from pipeline.problems import CertifyError, ConfigurationError, Problem
from pipeline.readers import refuse_while_read


@dataclass(frozen=True)
class HomePart:
    """One part of a home. `irreplaceable`: no sync brings it back."""

    name: str
    path: Path
    content: str
    irreplaceable: bool


def holdings(home: Home) -> list[HomePart]:
    """What the home holds, the irreplaceable first. Raises ConfigurationError when the folder is no home."""
    if not is_home(home):
        raise ConfigurationError(Problem.of("no_home_there", home=home.root))
    parts = [
        HomePart("decisions", home.ledger, _decisions(home), irreplaceable=True),
        HomePart("write-back journal", home.audit, "every change made in a directory", irreplaceable=True),
        HomePart("exports", home.exports, _files(home.exports), irreplaceable=True),
        HomePart("connections", home.connections_file, "connected directories, external IDs", irreplaceable=True),
        HomePart("settings", home.settings_file, "thresholds and switches", irreplaceable=True),
        HomePart("snapshots", home.landing, _files(home.landing), irreplaceable=True),
        HomePart("warehouse", home.warehouse, "tables, and the history of findings", irreplaceable=True),
        HomePart("published tables", home.published, "the analysts' copy", irreplaceable=False),
        HomePart("Dagster's history", home.dagster, "runs, checks, logs", irreplaceable=False),
    ]
    return [part for part in parts if part.path.is_file() or (part.path.is_dir() and any(part.path.iterdir()))]


def is_home(home: Home) -> bool:
    """Whether the folder was made by this program: a folder given by mistake is never deleted."""
    marks: Iterable[Path] = (home.connections_file, home.dagster, home.warehouse, home.ledger, home.landing)
    return home.root.is_dir() and sum(mark.exists() for mark in marks) >= 2


def remove(home: Home) -> None:
    """Delete the home. Raises Locked while a sync works on it, CertifyError when a file cannot be deleted."""
    with home.lock("removing the home"):
        refuse_while_read(home)
        try:
            shutil.rmtree(home.root)
        except OSError as error:
            raise CertifyError(Problem.of("home_unusable", home=home.root, reason=str(error))) from error


def _decisions(home: Home) -> str:
    try:
        count = len(Ledger.of(home).read())
    except CertifyError:
        return "an unknown number: the ledger cannot be read"
    return f"{count} decisions and exceptions that people made"


def _files(folder: Path) -> str:
    return f"{sum(path.is_file() for path in folder.rglob('*'))} files"
