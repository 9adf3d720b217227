"""The tags of IAM users of an unseen company: some two dozen keys an account, few of them about whose a user is."""

from __future__ import annotations

import random
from collections import Counter

from benchmarks.identity.difficulty import Dirt
from benchmarks.identity.machines import Mailbox, Service
from benchmarks.identity.people import Person
from benchmarks.identity.unseen.house import CloudHabit, House
from benchmarks.identity.unseen.words import invented

Tags = dict[str, str]


class Tagging:
    """Writes tags in the words of one AWS account."""

    def __init__(
        self, rng: random.Random, house: House, habit: CloudHabit, dirt: Dirt, people: list[Person], known: set[str]
    ) -> None:
        self._rng, self._house, self._habit, self._dirt, self._known = rng, house, habit, dirt, known
        self._people = people
        active, gone = [p for p in people if p.active], [p for p in people if not p.active]
        self._creators = [*rng.sample(active, k=min(4, len(active))), *gone[:1]]
        self._approvers = [*rng.sample(active, k=min(12, len(active))), *gone[:2]]
        self._robots = ("root", invented(rng), f"{invented(rng, 1)}-{invented(rng)}")
        self._names = Counter((p.given, p.family) for p in people)
        self._form = {term: rng.choice(("mail", "uid", "name")) for term in ("creator", "approver", "requester")}

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    def person(self, person: Person, boxes: list[Mailbox]) -> tuple[Tags, bool]:
        """The tags of a person's user, and whether any of them says whose it is."""
        dirt, said, telling = self._dirt, {}, False
        if self._chance(dirt.aws_mailbox_tag):
            said["mail"] = self._rng.choice(boxes).email
        elif self._chance(dirt.aws_wrong_tag) and person.manager is not None:
            said["mail"] = person.manager.email
        elif self._chance(dirt.aws_email_tag):
            former = person.former_emails and self._chance(0.3)
            email = person.former_emails[0] if former else person.email
            said["mail"] = email.replace("@", "+aws@") if self._chance(dirt.plus_address) else email
            telling = not former
        if person.in_roster and self._chance(dirt.aws_employee_tag):
            said["number"], telling = person.employee_numbers[-1], True
        if self._chance(dirt.aws_name_tag):
            said["name"] = self.written(person, "name")
            telling = telling or self._is_alone(person)
        if self._habit.owner_on_people and self._chance(0.5):
            said["owner"], telling = self.owner(person), True
        said["department"] = person.department
        said["kind"] = self._house.kind_words["human"] if self._chance(0.5) else ""
        return self._with_noise(said, person.manager), telling

    def service(self, service: Service, *, documented: bool) -> Tags:
        """The tags of a service's user but for its kind."""
        said = {"app": service.application if not service.code_named and self._chance(0.6) else ""}
        if documented and service.owner is not None:
            said["owner"] = self.owner(service.owner)
        return self._with_noise(said, self._rng.choice(self._people))

    def other(self, owner: Mailbox | Person | None) -> Tags:
        """The tags of a shared, emergency or test user but for its kind."""
        return self._with_noise({"owner": self.owner(owner)} if owner else {}, self._rng.choice(self._people))

    def kind(self, tags: Tags, kind: str) -> Tags:
        """`tags` with the company's word for a kind."""
        return tags | self._keyed({"kind": self._house.kind_words[kind]})

    def owner(self, owner: Mailbox | Person) -> str:
        """An owner in one of the forms this account writes them; never one that fits two people."""
        if isinstance(owner, Mailbox):
            return owner.email
        return self.written(owner, self._rng.choice(self._habit.owner_forms))

    def written(self, person: Person, form: str) -> str:
        """A person in a cell: by address where another form would not tell who it is."""
        h = self._house
        first, last = (person.family, person.given) if h.family_first else (person.given, person.family)
        if form == "number" and person.in_roster:
            return person.employee_numbers[-1]
        if form == "uid" and person.uid in self._known:
            return person.uid
        if form == "name" and self._is_alone(person):
            return f"{first} {last}"
        return f"{first} {last} <{person.email}>" if form == "name_mail" else person.email

    def _is_alone(self, person: Person) -> bool:
        return self._names[person.given, person.family] == 1

    def _with_noise(self, said: Tags, asker: Person | None) -> Tags:
        rng, h = self._rng, self._house
        if self._chance(self._habit.creators):
            automatic = self._chance(0.3)
            creator = rng.choice(self._robots) if automatic else self._actor("creator", self._creators)
            said["creator"] = creator
        if self._chance(0.4):
            said["approver"] = self._actor("approver", self._approvers)
        if asker is not None and self._chance(0.15):
            said["requester"] = self.written(asker, self._form["requester"])
        ticket = f"{h.uid_prefix.upper()}{rng.randint(1000, 99_999)}"
        if asker is not None and self._chance(0.1):
            word = h.word("requester")
            said["note"] = f"{word} {asker.given} {asker.family} ({asker.email}), {h.word('ticket')} {ticket}"
        values = {
            "cost": rng.choice(h.cost_centres),
            "environment": rng.choice(h.environments),
            "ticket": ticket,
            "team": f"{rng.choice(h.departments)} {rng.randint(1, 4)}",
            "expiry": f"2027-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
            "site": rng.choice(h.sites),
            "project": rng.choice(h.apps).upper(),
            "secrecy": str(rng.randint(1, 4)),
            "backup": rng.choice(("24h", "7d", "30d")),
            "host": f"{rng.choice(h.environments)}{rng.randint(1, 99):03d}",
        }
        said |= {term: value for term, value in values.items() if self._chance(0.3)}
        further = {key: rng.choice(words) for key, words in self._habit.further.items() if self._chance(0.2)}
        return self._keyed(said) | further

    def _actor(self, term: str, people: list[Person]) -> str:
        return self.written(self._rng.choice(people), self._form[term]) if people else self._robots[0]

    def _keyed(self, said: Tags) -> Tags:
        keys = self._habit.keys
        return {keys[term]: value for term, value in said.items() if value and term in keys}
