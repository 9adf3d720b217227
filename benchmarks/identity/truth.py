"""The answer sheet: for each account who or what it belongs to, and whether anybody answers for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.identity.machines import Mailbox, Service
from benchmarks.identity.people import Person


@dataclass(frozen=True)
class Label:
    """`entity` is the id of a person, service, mailbox or emergency user.

    `orphan_reason` is empty for an owned account, and `undecidable` for one whose owner no field of it tells.
    """

    account_key: str
    directory_id: str
    kind: str  # human | service | shared | break_glass | room | test
    entity: str
    in_roster: bool
    orphan_reason: str
    kind_telling: bool = True  # something says which kind of account it is


@dataclass
class AnswerSheet:
    """Labels in the order their accounts were made."""

    labels: list[Label] = field(default_factory=list)

    def person(
        self, directory_id: str, native_id: str, person: Person, *, roster: bool = False, telling: bool = True
    ) -> None:
        """An account of `person`; a roster row is never an orphan. `telling`: something in it says whose it is."""
        reason = ""
        if not roster and not person.in_roster:
            reason = "no_owner"
        elif not roster and not person.active:
            reason = "owner_terminated"
        if not telling:
            reason = "undecidable"
        self._add(directory_id, native_id, "human", person.person_id, reason, roster)

    def mailbox(
        self, directory_id: str, native_id: str, box: Mailbox, *, kind: str = "shared", kind_telling: bool = True
    ) -> None:
        """A shared mailbox's account, a meeting room's (`room`) or that of a test user (`test`)."""
        reason = "" if box.owner else "service_unowned"
        self._add(directory_id, native_id, kind, box.mailbox_id, reason, kind_telling=kind_telling)

    def service(self, directory_id: str, native_id: str, service: Service, *, kind_telling: bool = True) -> None:
        """A service's account: owned when some account of the service documents somebody who is still there."""
        reason = ""
        if not service.documented or service.owner is None:
            reason = "service_unowned"
        elif isinstance(service.owner, Person) and not service.owner.active:
            reason = "service_owner_terminated" if service.owner.in_roster else "service_unowned"
        self._add(directory_id, native_id, "service", service.service_id, reason, kind_telling=kind_telling)

    def break_glass(self, directory_id: str, native_id: str, *, kind_telling: bool = True) -> None:
        """An emergency user: one of a kind in each account, and no orphan, since it is nobody's on purpose."""
        self._add(directory_id, native_id, "break_glass", f"{directory_id}/{native_id}", "", kind_telling=kind_telling)

    def _add(
        self,
        directory_id: str,
        native_id: str,
        kind: str,
        entity: str,
        reason: str,
        roster: bool = False,
        *,
        kind_telling: bool = True,
    ) -> None:
        key = f"{directory_id}:{native_id}"
        self.labels.append(Label(key, directory_id, kind, entity, roster, reason, kind_telling))
