"""Appends rows to the ledger together with their links of the chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlalchemy import Select, insert
from sqlalchemy.orm import Session

from pipeline.ledger.chain import KEYS, append, append_many
from pipeline.ledger.decisions import Anchor, Decision, Undoing
from pipeline.ledger.rows import row_of, undoing_row
from pipeline.ledger.tables import AnchorRow, Base

R = TypeVar("R", bound=Base)


@dataclass
class LedgerWriter:
    """The ledger opened for writing: nobody else writes until it is closed, and then all is recorded or nothing is.

    `decisions` are all there are, oldest first, those added just now too.
    """

    _session: Session
    decisions: list[Decision] = field(default_factory=list)

    def record(self, decision: Decision) -> None:
        """Add a decision; one that was undone elsewhere comes with its undoing."""
        self._session.add(row_of(decision))
        self._chain("decisions", decision.decision_id)
        if decision.undone is not None:
            self._session.add(undoing_row(decision.decision_id, decision.undone))
            self._chain("undoings", decision.decision_id)
        self.decisions.append(decision)

    def anchor(self, anchors: Iterable[Anchor]) -> None:
        """Add who the accounts are that decisions name; what is known of one already stays."""
        for each in anchors:
            if self._session.get(AnchorRow, (each.decision_id, each.account_key)) is None:
                self._session.add(AnchorRow(**vars(each)))
                self._chain("anchors", each.decision_id, each.account_key)

    def undo(self, decision_id: str, undoing: Undoing) -> None:
        """Add that a decision does not count any more."""
        self._session.add(undoing_row(decision_id, undoing))
        self._chain("undoings", decision_id)
        self.decisions = [replace(d, undone=undoing) if d.decision_id == decision_id else d for d in self.decisions]

    def select(self, query: Select[R]) -> list[R]:
        """The rows of one table that `query` asks for, those added just now too."""
        return list(self._session.scalars(query))

    def append(self, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows, each by the names of its columns, to a table that is known by one column, in this order."""
        if not rows:
            return
        name = table.__tablename__
        [column] = KEYS[name]
        self._session.execute(insert(table), list(rows))
        append_many(self._session.connection(), name, [row[column] for row in rows])

    def _chain(self, table: str, *key: str) -> None:
        self._session.flush()
        append(self._session.connection(), table, *key)
