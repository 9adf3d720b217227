"""Which syncs are reading directories of a home now."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.home import FILE_MODE, FOLDER_MODE, Home
from pipeline.problems import Locked, Problem


@dataclass(frozen=True)
class Reader:
    """A sync under way: its token, its process, since when (ISO 8601), and the connections it reads."""

    token: str
    pid: int
    since: str
    connections: tuple[str, ...]


@contextlib.contextmanager
def reading(home: Home, connections: Collection[str]) -> Iterator[str]:
    """Note that these connections are read from now on; gives the note's token. To be entered under the home's lock,
    which may be given back afterwards.

    Raises Locked when another sync reads one of them.
    """
    refuse_while_read(home, connections)
    folder = _folder(home)
    folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    token = secrets.token_hex(8)
    note = folder / token
    descriptor = os.open(note, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        text = json.dumps({"pid": os.getpid(), "since": since, "connections": sorted(connections)})
        os.write(descriptor, text.encode())
        yield token
    finally:
        note.unlink(missing_ok=True)
        os.close(descriptor)


def readers(home: Home) -> list[Reader]:
    """The syncs that live; notes of those that were killed are removed. To be called under the home's lock."""
    found = []
    for note in sorted(_folder(home).glob("*")):
        with contextlib.suppress(FileNotFoundError):
            reader = _living(note)
            if reader is not None:
                found.append(reader)
            else:
                note.unlink()
    return found


def refuse_while_read(home: Home, connections: Collection[str] | None = None) -> None:
    """Raise Locked when a sync reads one of `connections`; None: any connection at all."""
    for reader in readers(home):
        shared = sorted(set(reader.connections) & set(reader.connections if connections is None else connections))
        if shared:
            names = ", ".join(shared[:5]) + (f" and {len(shared) - 5} more" if len(shared) > 5 else "")
            purpose = f"certify sync, which reads {names}"
            owner = Problem.of("locked", home=home.root, pid=reader.pid, since=reader.since, purpose=purpose)
            raise Locked(owner)


def _living(note: Path) -> Reader | None:
    descriptor = os.open(note, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        said = json.loads(os.pread(descriptor, 16 * 1024 * 1024, 0))
        return Reader(note.name, said["pid"], said["since"], tuple(said["connections"]))
    else:
        return None
    finally:
        os.close(descriptor)


def _folder(home: Home) -> Path:
    return home.root / "reading"
