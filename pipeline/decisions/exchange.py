"""Imports many decisions from a CSV file: all of them or none.

A line with a decision_id is a decision that was exported: known, it must say what the ledger says (and may say that it
was undone since); unknown, it is taken over as it is, from another ledger. A line without one is new. A line in which
nothing was decided is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pipeline.decisions.account_lookup import ListedAccount, choose, finding_called, named, persons
from pipeline.decisions.csv_file import DECISION, UNDOING, CsvLine, facts_of, instant
from pipeline.decisions.recording import DecisionContext
from pipeline.home import Home
from pipeline.ledger.contradictions import InForce
from pipeline.ledger.decisions import Decision, Undoing, Verb, faults, is_id, undoing_faults
from pipeline.ledger.store import Ledger
from pipeline.ledger.writer import LedgerWriter
from pipeline.problems import ConfigurationError
from pipeline.strict_yaml.issues import InvalidFileError, ValidationIssue, printable
from pipeline.warehouse.query import is_published

ABOUT_TWO = (Verb.LINK, Verb.UNLINK, Verb.OWNER)


class _RejectedLine(Exception):
    """A line that cannot be taken."""

    def __init__(self, line: CsvLine, field: str, text: str) -> None:
        super().__init__(text)
        self.fault = line.fault(field, text)


@dataclass
class ImportResult:
    """What an import did: decisions recorded, ids undone, and lines that said nothing new or nothing at all."""

    recorded: list[Decision] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)
    unchanged: int = 0
    empty: int = 0


def import_lines(home: Home, file: Path, lines: Sequence[CsvLine], clerk: DecisionContext) -> ImportResult:
    """Take every line into the ledger, or none. Raises InvalidFileError, which names each line that cannot be taken."""
    meant = [line for line in lines if any(line[column] for column in (*DECISION, *UNDOING) if column != "account_key")]
    found = _looked_up(home, [line for line in meant if not line["decision_id"]])
    known_persons = persons(home) if is_published(home) else {}
    result, wrong = ImportResult(empty=len(lines) - len(meant)), list[ValidationIssue]()
    if not meant:
        return result
    with Ledger.of(home).writing() as writer:
        taking = _Import(home, writer, clerk, found, known_persons, result)
        for line in meant:
            try:
                taking.take(line)
            except _RejectedLine as unfit:
                wrong.append(unfit.fault)
        if wrong:
            raise InvalidFileError(str(file), wrong)
    return result


def _looked_up(home: Home, lines: Sequence[CsvLine]) -> dict[str, list[ListedAccount]]:
    """The accounts that new decisions may be about, by the names in the file."""
    names = {line["account_key"] for line in lines if line["verb"].strip() != Verb.EXCEPT}
    names |= {line["target"] for line in lines if line["verb"].strip() in ABOUT_TWO}
    return named(home, names - {""}) if names - {""} else {}


@dataclass
class _Import:
    """The lines of one file on their way into the ledger."""

    home: Home
    writer: LedgerWriter
    clerk: DecisionContext
    accounts: dict[str, list[ListedAccount]]
    persons: Mapping[str, str]
    result: ImportResult
    by_id: dict[str, Decision] = field(init=False)
    in_force: InForce = field(init=False)
    said: set[tuple[object, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {decision.decision_id: decision for decision in self.writer.decisions}
        self._weigh_anew()

    def take(self, line: CsvLine) -> None:
        """One line; raises _RejectedLine where it cannot be taken."""
        known = self.by_id.get(line["decision_id"])
        if known is not None:
            self._compare(line, known)
        elif line["decision_id"]:
            self._record(line, self._taken_over(line))
        else:
            self._record(line, self._new(line))

    def _weigh_anew(self) -> None:
        standing = [decision for decision in self.by_id.values() if decision.is_in_force(self.clerk.now)]
        self.in_force = InForce.of(standing, self.persons)
        self.said = {_content(decision) for decision in standing}

    def _record(self, line: CsvLine, decision: Decision) -> None:
        for wrong in faults(decision):
            name, _, text = wrong.partition(": ")
            raise _RejectedLine(line, name, text)
        if not line["decision_id"] and _content(decision) in self.said:
            self.result.unchanged += 1
            return
        if decision.is_in_force(self.clerk.now):
            if found := self.in_force.contradiction(decision):
                ids = f" (in the way: {', '.join(found.decisions)})" if found.decisions else ""
                raise _RejectedLine(line, "", f"contradicts what was decided before: {found.text}{ids}")
            self.in_force.add(decision)
            self.said.add(_content(decision))
        self.writer.record(decision)
        self.by_id[decision.decision_id] = decision
        self.result.recorded.append(decision)

    def _compare(self, line: CsvLine, known: Decision) -> None:
        """A decision is never changed; that it was undone may be news."""
        told = facts_of(self._taken_over(line))
        differing = [name for name, ours, theirs in zip(DECISION, facts_of(known), told, strict=True) if ours != theirs]
        if differing:
            text = (
                "differs from the ledger. a decision is never changed: undo it, and decide anew without a decision_id"
            )
            raise _RejectedLine(line, differing[0], text)
        undoing = self._undoing(line)
        if undoing is None or _same(undoing, known.undone):
            self.result.unchanged += 1
        elif known.undone is not None:
            raise _RejectedLine(
                line, "undone_at", f"differs: it was undone by {printable(known.undone.undone_by)} before"
            )
        else:
            self.writer.undo(known.decision_id, undoing)
            self.by_id[known.decision_id] = replace(known, undone=undoing)
            self._weigh_anew()
            self.result.undone.append(known.decision_id)

    def _taken_over(self, line: CsvLine) -> Decision:
        if not is_id(line["decision_id"]):
            raise _RejectedLine(line, "decision_id", "is no id of a decision. leave it empty for a new one")
        decided_at = _instant(line, "decided_at")
        if decided_at is None:
            raise _RejectedLine(line, "decided_at", "is missing. an exported decision has it")
        return Decision(
            decision_id=line["decision_id"],
            verb=_verb(line),
            account_key=line["account_key"] or None,
            target=line["target"],
            reason=line["reason"],
            decided_by=line["decided_by"],
            decided_at=decided_at,
            expires_at=_instant(line, "expires_at"),
            entered_by=self.clerk.entered_by,
            entered_at=self.clerk.now,
            undone=self._undoing(line),
        )

    def _new(self, line: CsvLine) -> Decision:
        if any(line[column] for column in UNDOING):
            raise _RejectedLine(line, "undone_at", "is set, but only a decision with a decision_id can be undone")
        verb = _verb(line)
        account, target = line["account_key"], line["target"]
        try:
            if verb is Verb.EXCEPT:
                finding = finding_called(self.home, target)
                account, target = finding.account_key or "", finding.finding_id
            elif account:
                account = choose(self.home, account, self.accounts, is_person=False).account_key
            if verb in ABOUT_TWO and target:
                target = choose(self.home, target, self.accounts, is_person=True).account_key
        except ConfigurationError as error:
            raise _RejectedLine(line, "", error.problem.message) from error
        who = replace(self.clerk, decided_by=line["decided_by"] or self.clerk.decided_by)
        made = who.decision(verb, account or None, target, line["reason"], _instant(line, "expires_at"))
        return replace(made, decided_at=_instant(line, "decided_at") or made.decided_at)

    def _undoing(self, line: CsvLine) -> Undoing | None:
        if not any(line[column] for column in UNDOING):
            return None
        undone_at = _instant(line, "undone_at") or self.clerk.now
        who = line["undone_by"] or self.clerk.decided_by
        undoing = Undoing(who, undone_at, line["undone_reason"], self.clerk.entered_by, self.clerk.now)
        for wrong in undoing_faults(undoing):
            name, _, text = wrong.partition(": ")
            raise _RejectedLine(line, name, text)
        return undoing


def _content(decision: Decision) -> tuple[object, ...]:
    """What it says, whoever says it and whenever."""
    return (decision.verb, decision.account_key, decision.target, decision.reason, decision.expires_at)


def _same(told: Undoing, known: Undoing | None) -> bool:
    facts = ("undone_by", "undone_at", "reason")
    return known is not None and all(getattr(told, fact) == getattr(known, fact) for fact in facts)


def _verb(line: CsvLine) -> Verb:
    try:
        return Verb(line["verb"].strip().lower())
    except ValueError:
        text = f"'{printable(line['verb'])}' is none of {', '.join(Verb)}" if line["verb"] else "is missing"
        raise _RejectedLine(line, "verb", text) from None


def _instant(line: CsvLine, column: str) -> datetime | None:
    try:
        return instant(line[column].strip()) if line[column].strip() else None
    except (ValueError, OverflowError):
        text = f"'{printable(line[column])}' is no instant. write 2027-03-31 or 2027-03-31T12:00:00Z"
        raise _RejectedLine(line, column, text) from None
