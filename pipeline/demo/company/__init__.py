"""The sample company: 180 people, three AWS accounts and an HR roster, with every kind of finding and its traps.

`populate` puts it into an emulated AWS; `Company.truth()` says what must be found.
"""

from __future__ import annotations

from pipeline.demo.company.company import ROSTER_FILE, SEED, Company, connections, populate
from pipeline.demo.company.people import COMPANY, Person
from pipeline.demo.company.truth import Placed, Truth

__all__ = ["COMPANY", "ROSTER_FILE", "SEED", "Company", "Person", "Placed", "Truth", "connections", "populate"]
