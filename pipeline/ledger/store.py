"""Opens, migrates, reads and appends to the ledger's database.

Any number of processes may use it at once: a writer holds the ledger's lock from the first look at what was decided to
the commit, and the others wait. A process that dies at any point leaves what it had not committed undone.

Nothing is added to a ledger that is not what certify wrote (`verification`).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Select, exc, select
from sqlalchemy.orm import Session

from pipeline.home import FILE_MODE, Home, sync_folder
from pipeline.ledger import append_only, engine
from pipeline.ledger.chain import START, Head, append_all, head_of
from pipeline.ledger.decisions import Acceptance, Anchor, Decision
from pipeline.ledger.engine import PATIENCE, REVISIONS, UNCHAINED, open_engine
from pipeline.ledger.head import HeadFile, StoredHead
from pipeline.ledger.rows import anchor_of, decision_of
from pipeline.ledger.tables import AcceptanceRow, AnchorRow, Base, DecisionRow
from pipeline.ledger.verification import Tampering, broken, tamperings
from pipeline.ledger.writer import LedgerWriter
from pipeline.problems import ConfigurationError, Locked, Problem

R = TypeVar("R", bound=Base)

LOCK = "ledger.lock"


@dataclass(frozen=True)
class Verification:
    """What a look at the whole ledger found.

    `tamperings` is empty when every row is as certify wrote it. `is_touched`: another program wrote to the file all the
    same, where no row is. `head` is where the chain ends.
    """

    tamperings: tuple[Tampering, ...] = ()
    head: Head = START
    is_touched: bool = False


@dataclass(frozen=True)
class Ledger:
    """The decisions of one home. Where there is no file nothing was decided; a file that cannot be read is an error."""

    file: Path

    @classmethod
    def of(cls, home: Home) -> Ledger:
        return cls(home.ledger)

    def read(self) -> list[Decision]:
        """Every decision, oldest first, undone and expired ones too; whether certify wrote them is not looked at.

        Raises ConfigurationError when the file is no ledger or of a newer version, CertifyError when it is gone, Locked
        when it is being written to for longer than `PATIENCE`.
        """
        if self.is_absent():
            return []
        with self._explained(), self._session("begin") as session:
            return self._read(session)

    def anchors(self) -> list[Anchor]:
        """Who the accounts were that decisions name; raises as `read` does."""
        if self.is_absent():
            return []
        with self._explained(), self._session("begin") as session:
            return [anchor_of(row) for row in session.scalars(select(AnchorRow))]

    def select(self, query: Select[R]) -> list[R]:
        """The rows of one table that `query` asks for; whether certify wrote them is not looked at.

        Raises as `read` does.
        """
        if self.is_absent():
            return []
        with self._explained(), self._session("begin") as session:
            found = list(session.scalars(query))
            session.expunge_all()
            return found

    def verify(self, witnesses: Sequence[Head] = ()) -> Verification:
        """Look at every row, link and trigger, and at the end of the chain; `witnesses` saw earlier ends of it.

        What a killed writer left open is settled. Raises as `read` does.
        """
        if not self.file.exists():
            return Verification(tuple(self._gone()))
        with self._explained(), self._turn("verifying the ledger"):
            stored, _ = self._stored()
            is_touched = bool(stored and not stored.pending and stored.file_sha256 != self._head.ledger_sha256())
            with self._session("begin", has_turn=True) as session:
                found, head = self._look(session, witnesses), head_of(session.connection())
            return Verification(tuple(found), head, is_touched)

    @contextlib.contextmanager
    def writing(self) -> Iterator[LedgerWriter]:
        """Open the ledger to read it and add to it; records nothing when the block raises.

        Raises as `read` does, and CertifyError `ledger_broken` when the ledger is not what certify wrote.
        """
        with self._explained(), self._turn("recording decisions"):
            if self.is_absent():
                self._make()
            with self._session("begin immediate", has_turn=True) as session:
                if found := self._look(session):
                    raise broken(self.file, found)
                before = head_of(session.connection())
                yield LedgerWriter(session, self._read(session))
                after = head_of(session.connection())
                if after != before:
                    self._head.promise(after)
            if after != before:
                self._head.settle(after)

    def accept(self, acceptance: Acceptance, witnesses: Sequence[Head] = ()) -> list[Tampering]:
        """Start a new chain over the rows as they are, and write down who accepted that and what was found; gives that.

        Nothing is done when nothing was found. Raises as `read` does, and ConfigurationError when the file is damaged:
        only a backup helps then.
        """
        with self._explained(), self._turn("accepting the ledger"):
            found = self._gone()
            if not self.file.exists():
                self._make()
            with self._session("begin immediate", has_turn=True) as session:
                found = found or self._look(session, witnesses)
                if not found:
                    return []
                if damaged := next((each for each in found if each.is_damage), None):
                    raise self._unusable(f"cannot be accepted ({damaged})")
                session.add(AcceptanceRow(**vars(acceptance), found="\n".join(map(str, found))))
                session.flush()
                append_only.restore(session.connection())
                append_all(session.connection(), acceptance.acceptance_id)
                head = head_of(session.connection())
                self._head.promise(head)
            self._head.settle(head)
            return found

    @property
    def _head(self) -> HeadFile:
        return HeadFile.beside(self.file)

    def is_absent(self) -> bool:
        """Whether nothing was decided yet; CertifyError `ledger_broken` when the file is gone with its decisions."""
        if self.file.exists():
            return False
        if gone := self._gone():
            raise broken(self.file, gone)
        return True

    def _gone(self) -> list[Tampering]:
        if self.file.exists():
            return []
        stored, faults = self._stored()
        if stored is not None and stored.head.position:
            return [Tampering(f"the ledger is gone; it had {stored.head.position} rows")]
        return faults

    def _stored(self) -> tuple[StoredHead | None, list[Tampering]]:
        """What is stored of the chain's end, and what is wrong with the file that says so."""
        try:
            return self._head.read(), []
        except ValueError as error:
            what = f"{self._head.file.name}, which says where the ledger ends, cannot be read ({error})"
            return None, [Tampering(what)]

    def _look(self, session: Session, witnesses: Sequence[Head] = ()) -> list[Tampering]:
        """What is not as certify wrote it; where nothing is, what a killed writer left open is settled."""
        (stored, found), connection = self._stored(), session.connection()
        found += tamperings(connection, stored, witnesses)
        if not found and (stored is None or stored.pending):
            self._head.settle(head_of(connection))
        return found

    @contextlib.contextmanager
    def _turn(self, purpose: str) -> Iterator[None]:
        """Be the only one who writes to the ledger or looks where it ends."""
        if not self.file.parent.is_dir():
            raise self._unusable("cannot be made (its folder is missing)")
        with Home(self.file.parent).lock(purpose, wait=PATIENCE, name=LOCK):
            yield

    @contextlib.contextmanager
    def _session(self, begin: str, *, has_turn: bool = False) -> Iterator[Session]:
        opened = open_engine(self.file, begin, patience=PATIENCE)
        try:
            with opened.connect() as connection:
                found = engine.revision(connection)
            if found not in REVISIONS:
                raise self._unusable("is of a newer version of certify" if found else "is no ledger")
            if found != REVISIONS[-1]:
                with contextlib.nullcontext() if has_turn else self._turn("migrating the ledger"):
                    self._migrate(found)
            with Session(opened) as session, session.begin():
                yield session
        finally:
            opened.dispose()

    def _migrate(self, found: str) -> None:
        stored, _ = self._stored()
        if found in UNCHAINED and stored is not None and stored.head.position:
            raise broken(self.file, [Tampering("the ledger is one from before its rows were chained")])
        engine.migrate(open_engine(self.file, "begin immediate", patience=PATIENCE), self._promise)
        opened = open_engine(self.file, "begin", patience=PATIENCE)
        with opened.connect() as connection:
            head = head_of(connection)
        opened.dispose()
        self._head.settle(head)

    def _promise(self, connection: Connection) -> None:
        self._head.promise(head_of(connection))

    def _make(self) -> None:
        """A ledger without decisions, made beside and put in place whole: an empty file is never taken for one."""
        beside = self.file.with_name(f".{self.file.name}.{secrets.token_hex(6)}.tmp")
        try:
            os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
            made = open_engine(beside, "begin immediate", patience=PATIENCE, journal="memory")  # no second file left
            engine.migrate(made, lambda _: None)
            with contextlib.suppress(FileExistsError):  # another process was first, and may have written to it
                os.link(beside, self.file)
            sync_folder(self.file.parent)
        except OSError as error:
            raise self._unusable(f"cannot be made ({error.strerror})") from error
        finally:
            beside.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            busy = isinstance(error.orig, sqlite3.Error) and error.orig.sqlite_errorname.startswith("SQLITE_BUSY")
            if busy:
                raise Locked(Problem.of("ledger_busy", file=self.file, seconds=f"{PATIENCE:g}")) from error
            raise self._unusable(f"cannot be used ({error.orig})") from error
        except UnicodeDecodeError as error:  # what SQLite has to say quotes a schema that is no text any more
            raise self._unusable(f"cannot be used ({error})") from error

    def _read(self, session: Session) -> list[Decision]:
        rows = select(DecisionRow).order_by(DecisionRow.sequence)
        try:
            return [decision_of(row) for row in session.scalars(rows)]
        except (ValueError, TypeError) as error:  # a word or an instant this program has never written
            raise self._unusable(f"holds what no decision is made of ({error})") from error

    def _unusable(self, reason: str) -> ConfigurationError:
        return ConfigurationError(Problem.of("ledger_unreadable", file=self.file, reason=reason))
