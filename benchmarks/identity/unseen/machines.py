"""What is no person in an unseen company: services, shared mailboxes, rooms, test users."""

from __future__ import annotations

import random
from dataclasses import dataclass

from benchmarks.identity.difficulty import Dirt
from benchmarks.identity.machines import Mailbox, Service
from benchmarks.identity.people import Person
from benchmarks.identity.unseen.house import House
from benchmarks.identity.unseen.words import invented


@dataclass
class Shared:
    """A mailbox, room or test user (`kind`: shared, room, test)."""

    kind: str
    box: Mailbox


def shared(rng: random.Random, people: list[Person], house: House) -> list[Shared]:
    """A mailbox for about 100 people, a room for 150 and a test user for 200."""
    active, made, taken = [p for p in people if p.active] or people, [], set()
    counts = {"shared": max(4, len(people) // 100), "room": max(2, len(people) // 150), "test": len(people) // 200 + 2}
    for kind, count in counts.items():
        for n in range(count):
            local = f"{rng.choice((*house.apps, *house.departments)).lower()}-{rng.choice(house.jobs)}"
            if "affix" in house.markers:
                local = house.affixes[kind].format(local)
            local = local if local not in taken else f"{local}{n}"
            taken.add(local)
            owner = rng.choice(active) if rng.random() < 0.7 else None
            made.append(Shared(kind, Mailbox(f"{kind}{n}", local, f"{local}@{house.domains[0]}", owner)))
    return made


def services(rng: random.Random, people: list[Person], boxes: list[Shared], house: House, dirt: Dirt) -> list[Service]:
    """A service for about 10 people; a code-named one carries nothing of its application."""
    active = [p for p in people if p.active] or people
    leavers = [p for p in people if p.in_roster and not p.active] or people
    mailboxes = [each.box for each in boxes if each.kind == "shared" and each.box.owner]
    made, taken = [], {each.box.local for each in boxes}
    for n in range(max(6, len(people) // 10)):
        code_named = rng.random() < dirt.service_untagged
        application = rng.choice(house.apps)
        name = invented(rng) if code_named else f"{application}-{rng.choice(house.jobs)}"
        if not code_named and "affix" in house.markers:
            name = house.affixes["service"].format(name)
        while name in taken:
            name = f"{name}-{rng.choice((*house.environments, str(n)))}"
        taken.add(name)
        owner: Person | Mailbox = rng.choice(leavers if rng.random() < dirt.owner_tag_leaver else active)
        if mailboxes and rng.random() < 0.1:
            owner = rng.choice(mailboxes)
        documented = rng.random() < dirt.owner_tag
        made.append(Service(f"s{n}", name, application, code_named, False, owner, documented))
    return made
