"""What is not a person: services, shared mailboxes and break-glass users, and who answers for each."""

from __future__ import annotations

import random
from dataclasses import dataclass

from benchmarks.identity.conventions import Conventions
from benchmarks.identity.difficulty import Dirt
from benchmarks.identity.people import Person
from benchmarks.identity.vocabulary import vocabulary


@dataclass
class Mailbox:
    """An address several people read; `owner` is who answers for it."""

    mailbox_id: str
    local: str
    email: str
    owner: Person | None


@dataclass
class Service:
    """A program with accounts of its own; the documented owner is a person or a team's mailbox, or nobody."""

    service_id: str
    name: str
    application: str
    code_named: bool
    common: bool  # called what other teams' services are called too: one account each, never the same service
    owner: Person | Mailbox | None
    documented: bool


def mailboxes(rng: random.Random, people: list[Person], conventions: Conventions) -> list[Mailbox]:
    """One mailbox for about every 150 people, at every domain of the company."""
    active = [p for p in people if p.active] or people
    made, locals_ = [], vocabulary().mailboxes
    for n in range(max(4, len(people) // 150)):
        local = locals_[n % len(locals_)]
        round_ = n // len(locals_)
        domain = conventions.domains[round_ % len(conventions.domains)]
        if round_ >= len(conventions.domains):
            local = f"{local}-{round_}"
        owner = rng.choice(active) if rng.random() < 0.7 else None
        made.append(Mailbox(f"m{n}", local, f"{local}@{domain}", owner))
    return made


def services(
    rng: random.Random, people: list[Person], boxes: list[Mailbox], conventions: Conventions, dirt: Dirt
) -> list[Service]:
    """One service for about every 12 people."""
    active = [p for p in people if p.active] or people
    leavers = [p for p in people if p.in_roster and not p.active] or people
    made, taken = [], set()
    for n in range(max(6, len(people) // 12)):
        code_named = rng.random() < dirt.service_untagged
        application = rng.choice(vocabulary().applications)
        name = rng.choice(vocabulary().code_names) if code_named else _service_name(rng, application, conventions)
        common = name in vocabulary().service_jobs and "-" not in name
        while name in taken and not common:
            name = f"{name}-{rng.choice(('prod', 'dev', 'eu', 'us', 'v2', str(n)))}"
        taken.add(name)
        owner: Person | Mailbox = rng.choice(leavers if rng.random() < dirt.owner_tag_leaver else active)
        if rng.random() < 0.1:
            owner = rng.choice(boxes)
        documented = rng.random() < dirt.owner_tag
        made.append(Service(f"s{n}", name, application, code_named, common, owner, documented))
    return made


def _service_name(rng: random.Random, application: str, conventions: Conventions) -> str:
    job = rng.choice(vocabulary().service_jobs)
    shape = rng.random()
    if shape < 0.6:
        return rng.choice(conventions.service_affixes).format(rng.choice((job, f"{application}-{job}")))
    if shape < 0.85:
        return f"{application}-{job}"
    return job
