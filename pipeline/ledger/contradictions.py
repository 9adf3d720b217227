"""Finds decisions that cannot both be true.

Accounts that were linked form groups: whoever belongs to one member belongs to all. A group may hold the rows of one
roster person at most, no account that is nobody's own, and no two accounts that were told apart.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.ledger.decisions import NOBODYS, Decision, Verb

Persons = Mapping[str, str]
"""The identity_id of each row of an authoritative directory, by its account_key."""

Path = tuple[str, ...]
"""The ids of the decisions that lead from one account to another; empty where none is needed."""


@dataclass(frozen=True)
class Contradiction:
    """Why a decision cannot be recorded: what it contradicts, and the ids of the decisions that say so."""

    text: str
    decisions: Path


@dataclass
class InForce:
    """What the decisions in force say together."""

    persons: Persons
    _links: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    _apart: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    _owners: dict[str, Decision] = field(default_factory=dict)
    _owned: dict[str, list[Decision]] = field(default_factory=lambda: defaultdict(list))
    _kinds: dict[str, Decision] = field(default_factory=dict)
    _exceptions: dict[str, Decision] = field(default_factory=dict)

    @classmethod
    def of(cls, decisions: Iterable[Decision], persons: Persons) -> InForce:
        """`decisions` are those in force; `persons` say which rows of rosters are one person's."""
        together = cls(persons)
        for account_key, person in persons.items():
            together._join(account_key, _node(person), "")
        for decision in decisions:
            together.add(decision)
        return together

    def add(self, decision: Decision) -> None:
        """One more, whether it fits or not."""
        account, target = decision.account_key or "", decision.target
        match decision.verb:
            case Verb.LINK:
                self._join(account, target, decision.decision_id)
            case Verb.UNLINK:
                self._apart[account].append((target, decision.decision_id))
                self._apart[target].append((account, decision.decision_id))
            case Verb.OWNER:
                self._owners[account] = decision
                self._owned[target].append(decision)
            case Verb.KIND:
                self._kinds[account] = decision
            case Verb.EXCEPT:
                self._exceptions[target] = decision

    def contradiction(self, new: Decision) -> Contradiction | None:
        """What stands in the way of one more decision; None when nothing does."""
        checks = {
            Verb.LINK: self._against_link,
            Verb.UNLINK: self._against_unlink,
            Verb.OWNER: self._against_owner,
            Verb.KIND: self._against_kind,
            Verb.EXCEPT: self._against_exception,
        }
        return next(checks[new.verb](new), None)

    def _join(self, left: str, right: str, decision_id: str) -> None:
        self._links[left].append((right, decision_id))
        self._links[right].append((left, decision_id))

    def _against_link(self, new: Decision) -> Iterator[Contradiction]:
        account, target = str(new.account_key), new.target
        for other, decision_id in self._links.get(account, ()):
            if other == target:
                yield Contradiction(f"{account} is linked to {target} already", (decision_id,))
        left, right = self._group(account), self._group(target)
        yield from self._two_persons(new, left, right)
        for member, path in left.items():
            for other, decision_id in self._apart.get(member, ()):
                if other in right:
                    text = f"{member} and {other} were told apart"
                    yield Contradiction(text, _ids(decision_id, *path, *right[other]))
        both = {**left, **right}
        for member, path in both.items():
            kind = self._kinds.get(member)
            if kind is not None and kind.target in NOBODYS:
                yield Contradiction(f"{member} is {kind.target}, no person's own", _ids(kind.decision_id, *path))
        yield from self._owned_by_another(both)

    def _two_persons(
        self, new: Decision, left: Mapping[str, Path], right: Mapping[str, Path]
    ) -> Iterator[Contradiction]:
        rows, others = ([member for member in group if member in self.persons] for group in (left, right))
        for row in rows:
            for other in others:
                if self.persons[row] != self.persons[other]:
                    text = f"{new.account_key} and {new.target} are of different persons, {row} and {other}"
                    yield Contradiction(text, _ids(*left[row], *right[other]))

    def _owned_by_another(self, group: Mapping[str, Path]) -> Iterator[Contradiction]:
        """An account of a person that somebody else was said to answer for, now that the group is one."""
        person = next((self.persons[member] for member in group if member in self.persons), None)
        for member, path in group.items():
            said = self._owners.get(member)
            for owner in [*self._owned.get(member, ()), *([said] if said else [])]:
                account, target = str(owner.account_key), owner.target
                persons = [person if each in group else self._person(each) for each in (account, target)]
                if None not in persons and persons[0] != persons[1]:
                    yield Contradiction(f"{account} is owned by the person of {target}", _ids(owner.decision_id, *path))

    def _against_unlink(self, new: Decision) -> Iterator[Contradiction]:
        account, target = str(new.account_key), new.target
        for other, decision_id in self._apart.get(account, ()):
            if other == target:
                yield Contradiction(f"{account} and {target} were told apart already", (decision_id,))
        path = self._group(account).get(target)
        if path is not None:
            text = f"{account} and {target} are {'linked' if path else 'rows of one roster person'}"
            yield Contradiction(text, path)

    def _against_owner(self, new: Decision) -> Iterator[Contradiction]:
        account, target = str(new.account_key), new.target
        if earlier := self._owners.get(account):
            yield Contradiction(f"{account} has an owner already, {earlier.target}", (earlier.decision_id,))
        group = self._group(account)
        person = self._person(target)
        for row, path in group.items():
            if person is not None and self.persons.get(row, person) != person:
                yield Contradiction(f"{account} belongs to the person of {row}", path)

    def _against_kind(self, new: Decision) -> Iterator[Contradiction]:
        account = str(new.account_key)
        if earlier := self._kinds.get(account):
            yield Contradiction(f"{account} was said to be {earlier.target} already", (earlier.decision_id,))
        links = [decision_id for _, decision_id in self._links.get(account, ()) if decision_id]
        if new.target in NOBODYS and links:
            yield Contradiction(f"{account} is linked to a person", tuple(links))

    def _against_exception(self, new: Decision) -> Iterator[Contradiction]:
        if earlier := self._exceptions.get(new.target):
            text = f"finding {new.target} is excepted already, until {earlier.expires_at:%Y-%m-%d %H:%M} UTC"
            yield Contradiction(text, (earlier.decision_id,))

    def _person(self, account: str) -> str | None:
        return next((self.persons[member] for member in self._group(account) if member in self.persons), None)

    def _group(self, account: str) -> dict[str, Path]:
        """Every account linked to this one, itself too, each with the shortest chain of decisions that says so."""
        found: dict[str, Path] = {account: ()}
        waiting = deque([account])
        while waiting:
            here = waiting.popleft()
            for there, decision_id in self._links.get(here, ()):
                if there not in found:
                    found[there] = _ids(*found[here], decision_id)
                    waiting.append(there)
        return {member: path for member, path in found.items() if not _is_node(member)}


def _node(person: str) -> str:
    """What the rows of one roster person hang together by; no account_key begins like it."""
    return f"\0{person}"


def _is_node(name: str) -> bool:
    return name.startswith("\0")


def _ids(*decision_ids: str) -> Path:
    return tuple(dict.fromkeys(each for each in decision_ids if each))
