"""The sample company's roster, as its HR system exports it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from pipeline.demo.company.people import Person

COLUMNS = {
    "employee_id": "EmployeeNumber",
    "email": "WorkEmail",
    "given_name": "First",
    "family_name": "Last",
    "status": "Status",
    "hired_on": "StartDate",
    "terminated_on": "EndDate",
    "manager_id": "Manager",
    "department": "Dept",
    "title": "JobTitle",
    "worker_type": "WorkerType",
    "prior_employee_id": "FormerNumber",
}
"""Our names to the file's, as `columns` of the connection has them."""


def roster_csv(people: Sequence[Person]) -> str:
    """The file's text: one row a person, by employee number."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS.values(), "Office"])
    for person in sorted(people, key=lambda one: one.employee_id):
        writer.writerow(
            [
                person.employee_id,
                person.email,
                person.name.given,
                person.name.family,
                person.status,
                person.hired_on.isoformat(),
                person.ended_on.isoformat() if person.ended_on else "",
                person.manager_id,
                person.department,
                person.title,
                person.worker_type,
                person.prior_employee_id,
                _OFFICES[int(person.employee_id) % len(_OFFICES)],
            ]
        )
    return out.getvalue()


_OFFICES = ("Göteborg", "Rotterdam", "Nairobi", "Singapore", "Halifax")
"""A column nobody maps, for there is always one."""
