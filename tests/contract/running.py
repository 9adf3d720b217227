"""What the contract suite needs to know of a directory kind: how to start a real one, and how to make it misbehave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipeline.connections.models import Connection
from pipeline.directories.base import Directory, Snapshot
from pipeline.progress import Progress, silent

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
UNICODE = ("Änne Ärbör", "山田 太郎", "Zoë 🦊", "ﬁne ﬀ", "e\u0301", "\u00e9", "\uff21nn", "محمد", "ß ẞ")
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "<script>alert(1)</script>",
    "![x](http://192.0.2.1/x.png)",
    "\x1b[31mred\x1b[0m",
    "\u202egnp.exe",
    "\u200bhidden\ufeff",
    "quote\" and ' and `",
    "back\\slash",
    "line\nbreak\r\nand another",
    "comma, semicolon; tab\tbar|",
    "null",
    "NA",
    "None",
    "00042",
    "1e5",
    "' or 1=1 --",
    "${HOME} $(id) {{ x }} %s {0}",
    " blanks around ",
    "x" * 1000,
)


@dataclass(frozen=True)
class Person:
    """Somebody to put into a directory; `shown` is the text a test looks for again."""

    username: str
    shown: str


class Running:
    """A directory of one kind that runs, empty at first.

    `abilities` are what its faults can do: `pages`, `flaky`, `lost`, `credentials`, `denied`; `own command` when it is
    connected by the command every kind gets, and `secret` when its secret may come from outside the file only.
    """

    kind: str
    abilities: frozenset[str] = frozenset()
    main_action: str = ""
    directory: Directory
    connection: Connection
    secrets: tuple[str, ...] = ()
    hostile: Sequence[str] = HOSTILE
    unicode: Sequence[str] = UNICODE
    username_column, shown_column = "username", "display_name"

    def entry(self) -> dict[str, Any]:
        """The connection as connections.yaml has it."""
        raise NotImplementedError

    def environ(self) -> dict[str, str]:
        """What its `${NAME}` are."""
        return {}

    def put(self, people: Iterable[Person]) -> None:
        """Put people in."""
        raise NotImplementedError

    def drop(self, usernames: Iterable[str]) -> None:
        """Take people out."""
        raise NotImplementedError

    def gone(self) -> None:
        """Be there no more: nobody answers."""
        raise NotImplementedError

    def pages(self, size: int) -> None:
        """Give pages of that size."""
        raise NotImplementedError

    def flaky(self) -> None:
        """Fail a fifth of what is asked, in every way this kind can fail."""
        raise NotImplementedError

    def lose(self) -> None:
        """Give less than there is, for good."""
        raise NotImplementedError

    def lock_out(self) -> None:
        """Not accept the connection's secret any more."""
        raise NotImplementedError

    def deny(self) -> None:
        """Refuse the listing nothing works without."""
        raise NotImplementedError

    def read(self, progress: Progress = silent) -> Snapshot:
        """Read it the way a sync does."""
        return self.directory.read(self.connection, as_of=NOW, run_id="contract", progress=progress)

    def told(self) -> dict[str, str]:
        """By user name, what a complete read shows of each."""
        rows = main_rows(complete(self.read()))
        return {row[self.username_column]: row[self.shown_column] for row in rows}


def complete(snapshot: Snapshot) -> Snapshot:
    """The snapshot, which must be whole."""
    assert snapshot.status == "complete", [str(problem) for problem in snapshot.problems]
    return snapshot


def failed(snapshot: Snapshot) -> Snapshot:
    """The snapshot, which must be a failed attempt that says why and holds nothing."""
    assert snapshot.status == "failed"
    assert not snapshot.tables
    assert snapshot.problems
    return snapshot


def main_rows(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The rows of its main table."""
    return list(snapshot.tables[snapshot.main_table].to_pylist())


def people(number: int) -> list[Person]:
    """So many people nobody has trouble with."""
    return [Person(f"user{n:03}", f"Person Number {n:03}") for n in range(number)]


def named(texts: Sequence[str]) -> list[Person]:
    """A person for each text."""
    return [Person(f"user{n:03}", text) for n, text in enumerate(texts)]


def shown(everybody: Iterable[Person]) -> Mapping[str, str]:
    """What `Running.told` should give of them."""
    return {each.username: each.shown for each in everybody}
