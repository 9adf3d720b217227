"""The sample company's employees, as its HR department knows them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pipeline.demo.company.names import Name, cast, others

COMPANY = "Tidewater Instruments"
_SIZES = {
    "Engineering": 66,
    "Data": 30,
    "Platform": 21,
    "Security": 8,
    "Finance": 12,
    "Sales": 10,
    "Support": 19,
    "People": 6,
    "Operations": 8,
}
_TITLES = {
    "Engineering": ("Software Engineer", "Senior Software Engineer", "Engineering Manager"),
    "Data": ("Data Engineer", "Data Analyst", "Head of Data"),
    "Platform": ("Platform Engineer", "Site Reliability Engineer", "Head of Platform"),
    "Security": ("Security Engineer", "Security Analyst", "Chief Information Security Officer"),
    "Finance": ("Accountant", "Financial Analyst", "Head of Finance"),
    "Sales": ("Account Executive", "Sales Engineer", "Head of Sales"),
    "Support": ("Support Engineer", "Support Specialist", "Head of Support"),
    "People": ("Recruiter", "HR Partner", "Head of People"),
    "Operations": ("Buyer", "Logistics Planner", "Head of Operations"),
}


@dataclass(frozen=True)
class Person:
    """One row of the roster. `ended_on` may lie in the future; `status` is what HR typed, and may lag behind it."""

    employee_id: str
    name: Name
    department: str
    title: str
    hired_on: date
    manager_id: str
    worker_type: str = "Employee"
    prior_employee_id: str = ""
    status: str = "Active"
    ended_on: date | None = None

    @property
    def email(self) -> str:
        """The work address."""
        return self.name.email

    def works_here(self, at: datetime) -> bool:
        """Whether employment lasts at an instant: the end date decides, and HR's word only where there is none."""
        if self.ended_on is not None:
            return datetime.combine(self.ended_on, datetime.min.time()) > at.replace(tzinfo=None)
        return self.status != "Terminated"


def hire(draw: random.Random, now: datetime) -> list[Person]:
    """Everybody, in the order of their numbers; the traps of `names.cast` first. Nobody has left yet."""
    names = cast()
    rest = others()
    draw.shuffle(rest)
    boss = _person(0, names[0], "Executive", "Chief Executive Officer", "", draw, now)
    people = [boss]
    leads: dict[str, str] = {}
    for name, department in zip([*names[1:], *rest], _departments(len(names) - 1, draw), strict=True):
        titles = _TITLES[department]
        title = titles[2] if department not in leads else draw.choice(titles[:2])
        person = _person(len(people), name, department, title, leads.get(department, boss.employee_id), draw, now)
        leads.setdefault(department, person.employee_id)
        people.append(person)
    return people


_CAST_DEPARTMENTS = (
    "Engineering", "Security", "Finance", "Platform", "Engineering", "Data", "Engineering", "Engineering",
    "Engineering", "Sales", "Data", "Support", "Data", "Platform", "People", "Operations", "Sales", "Data",
    "Engineering", "Engineering", "Sales", "Support", "Security", "Engineering", "Engineering", "Operations",
    "Platform", "Platform", "Engineering", "Platform",
)  # fmt: skip


def _departments(cast_size: int, draw: random.Random) -> Sequence[str]:
    if cast_size != len(_CAST_DEPARTMENTS):
        raise ValueError(f"{cast_size} parts for {len(_CAST_DEPARTMENTS)} departments")
    left = dict(_SIZES)
    for department in _CAST_DEPARTMENTS:
        left[department] -= 1
    rest = [department for department, count in left.items() for _ in range(count)]
    draw.shuffle(rest)
    return [*_CAST_DEPARTMENTS, *rest]


def _person(
    position: int, name: Name, department: str, title: str, manager_id: str, draw: random.Random, now: datetime
) -> Person:
    """Numbers have leading zeros, as payroll systems give them and spreadsheets take them away."""
    number = 1017 + position * 23 + draw.randrange(20)
    hired = (now - timedelta(days=draw.randrange(420, 3200))).date()
    return Person(f"{number:06d}", name, department, title, hired, manager_id)
