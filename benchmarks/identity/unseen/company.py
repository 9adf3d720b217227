"""One unseen company, put together: `build(people, difficulty, seed)`."""

from __future__ import annotations

import random

from benchmarks.identity.company import Company, landed
from benchmarks.identity.difficulty import DIFFICULTIES
from benchmarks.identity.exports import Exports
from benchmarks.identity.truth import AnswerSheet
from benchmarks.identity.unseen import house, machines, people
from benchmarks.identity.unseen.clouds import Clouds
from benchmarks.identity.unseen.directories import KINDS, Directories
from benchmarks.identity.unseen.nonhuman import NonhumanAccounts


def build(people_count: int, difficulty: str, seed: int) -> Company:
    """The unseen company that `seed` makes of a size and a difficulty; equal arguments give equal companies."""
    rng = random.Random(f"unseen/{seed}/{difficulty}/{people_count}")
    dirt, habits = DIFFICULTIES[difficulty], house.draw(rng)
    staff = people.populate(rng, people_count, habits, dirt)
    boxes = machines.shared(rng, staff, habits)
    services = machines.services(rng, staff, boxes, habits, dirt)
    sheet = AnswerSheet()
    exports = Exports(sheet, tuple(KINDS))
    directories = Directories(rng, habits, dirt, exports, staff)
    directories.write(staff)
    NonhumanAccounts(rng, habits, exports).write(boxes, services)
    clouds = Clouds(rng, habits, dirt, sheet, directories.known)
    clouds.write(staff, boxes, services)
    return landed(exports.rows, clouds.tables, clouds.account_ids, sheet.labels, KINDS)
