"""The ledger at rest: one SQLite file in the home, made with the first decision, brought up to date when it is opened.

Belongs here: opening, migrating, reading all decisions, and adding to them in one transaction.
Does not belong here: whether a decision should be recorded (`decisions`, `contradictions`).

Any number of processes may use it at once: whoever writes holds the file's write lock from the first look at what was
decided to the commit, and the others wait. A process that dies at any point leaves what it had not committed undone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, exc, inspect, select, text
from sqlalchemy.orm import Session

from pipeline.home import FILE_MODE, Home, sync_folder
from pipeline.ledger.decisions import Anchor, Decision, Undoing, Verb
from pipeline.ledger.tables import AnchorRow, DecisionRow, UndoingRow
from pipeline.problems import ConfigurationError, Locked, Problem

PATIENCE = 30.0
"""Seconds to wait for another process that is writing."""

REVISIONS = ("0001", "0002")
"""Every version of the tables there ever was; the last one is what this program reads and writes."""


@dataclass
class Book:
    """The ledger opened for writing: nobody else writes until it is closed, and then all is recorded or nothing is.

    `decisions` are all there are, oldest first, those added just now too.
    """

    _session: Session
    decisions: list[Decision] = field(default_factory=list)

    def record(self, decision: Decision) -> None:
        """Add a decision; one that was undone elsewhere comes with its undoing."""
        self._session.add(_row(decision))
        if decision.undone is not None:
            self._session.flush()
            self._session.add(_undoing_row(decision.decision_id, decision.undone))
        self._session.flush()
        self.decisions.append(decision)

    def anchor(self, anchors: Iterable[Anchor]) -> None:
        """Add who the accounts are that decisions name; what is known of one already stays."""
        for each in anchors:
            if self._session.get(AnchorRow, (each.decision_id, each.account_key)) is None:
                self._session.add(AnchorRow(**vars(each)))
        self._session.flush()

    def undo(self, decision_id: str, undoing: Undoing) -> None:
        """Add that a decision does not count any more."""
        self._session.add(_undoing_row(decision_id, undoing))
        self._session.flush()
        self.decisions = [replace(d, undone=undoing) if d.decision_id == decision_id else d for d in self.decisions]


@dataclass(frozen=True)
class Ledger:
    """The decisions of one home. Where there is no file nothing was decided; a file that cannot be read is an error."""

    file: Path

    @classmethod
    def of(cls, home: Home) -> Ledger:
        return cls(home.ledger)

    def read(self) -> list[Decision]:
        """Every decision, oldest first, undone and expired ones too.

        Raises ConfigurationError when the file is no ledger or of a newer version, Locked when it is being written to
        for longer than `PATIENCE`.
        """
        if not self.file.exists():
            return []
        with self._explained(), self._session("begin") as session:
            return self._read(session)

    def anchors(self) -> list[Anchor]:
        """Who the accounts were that decisions name; raises as `read` does."""
        if not self.file.exists():
            return []
        with self._explained(), self._session("begin") as session:
            return [_anchor(row) for row in session.scalars(select(AnchorRow))]

    @contextlib.contextmanager
    def writing(self) -> Iterator[Book]:
        """The book, to look at and to add to; raises as `read` does, and records nothing when the block raises."""
        with self._explained():
            if not self.file.exists():
                self._make()
            with self._session("begin immediate") as session:
                yield Book(session, self._read(session))

    @contextlib.contextmanager
    def _session(self, begin: str) -> Iterator[Session]:
        engine = _engine(self.file, begin)
        try:
            self._bring_up_to_date(engine)
            with Session(engine) as session, session.begin():
                yield session
        finally:
            engine.dispose()

    def _bring_up_to_date(self, engine: Engine) -> None:
        with engine.connect() as connection:
            found = _revision(connection)
        if found not in REVISIONS:
            raise self._unusable("is of a newer version of certify" if found else "is no ledger")
        if found != REVISIONS[-1]:
            _migrate(_engine(self.file, "begin immediate"))

    def _make(self) -> None:
        """A ledger without decisions, made beside and put in place whole: an empty file is never taken for one."""
        beside = self.file.with_name(f".{self.file.name}.{secrets.token_hex(6)}.tmp")
        try:
            os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
            _migrate(_engine(beside, "begin immediate", journal="memory"))  # no second file to be left behind
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

    def _read(self, session: Session) -> list[Decision]:
        rows = select(DecisionRow).order_by(DecisionRow.sequence)
        try:
            return [_decision(row) for row in session.scalars(rows)]
        except (ValueError, TypeError) as error:  # a word or an instant this program has never written
            raise self._unusable(f"holds what no decision is made of ({error})") from error

    def _unusable(self, reason: str) -> ConfigurationError:
        return ConfigurationError(Problem.of("ledger_unreadable", file=self.file, reason=reason))


def _engine(file: Path, begin: str, *, journal: str = "delete") -> Engine:
    """Connections to a file that exists; `begin` opens their transactions."""

    def connect() -> sqlite3.Connection:
        address = f"file:{quote(str(file))}?mode=rw"  # or a file that has just gone would be made, empty
        return sqlite3.connect(address, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma synchronous = full")
        connection.execute(f"pragma journal_mode = {journal}")

    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _revision(connection: Connection) -> str:
    """The version of the tables in the file; empty where it holds no ledger."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("select version_num from alembic_version")).scalar() or "")


def _migrate(engine: Engine) -> None:
    """All steps that are missing, in one transaction."""
    from alembic import command
    from alembic.config import Config

    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "pipeline.ledger:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()


def _decision(row: DecisionRow) -> Decision:
    return Decision(
        decision_id=row.decision_id,
        verb=Verb(row.verb),
        account_key=row.account_key,
        target=row.target,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        expires_at=row.expires_at,
        entered_by=row.entered_by,
        entered_at=row.entered_at,
        undone=_undoing(row.undoing) if row.undoing else None,
    )


def _anchor(row: AnchorRow) -> Anchor:
    return Anchor(row.decision_id, row.account_key, row.is_authoritative, row.employee_id, row.email, row.noted_at)


def _undoing(row: UndoingRow) -> Undoing:
    return Undoing(row.undone_by, row.undone_at, row.reason, row.entered_by, row.entered_at)


def _row(decision: Decision) -> DecisionRow:
    return DecisionRow(
        decision_id=decision.decision_id,
        verb=str(decision.verb),
        account_key=decision.account_key,
        target=decision.target,
        reason=decision.reason,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
        expires_at=decision.expires_at,
        entered_by=decision.entered_by,
        entered_at=decision.entered_at,
    )


def _undoing_row(decision_id: str, undoing: Undoing) -> UndoingRow:
    return UndoingRow(
        decision_id=decision_id,
        undone_by=undoing.undone_by,
        undone_at=undoing.undone_at,
        reason=undoing.reason,
        entered_by=undoing.entered_by,
        entered_at=undoing.entered_at,
    )
