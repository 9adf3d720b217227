"""What one would write in an afternoon, to know how hard a company is: accounts that share an e-mail, a user name or an
employee number belong together, and so does everything they touch.
"""

from __future__ import annotations

import json

from benchmarks.identity.company import Company


def clusters(company: Company) -> dict[str, str]:
    """account_key to an arbitrary member of its cluster."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for account_key, values in _identifiers(company):
        for value in values:
            parent[root(account_key)] = root(value)
        root(account_key)
    return {key: root(key) for key in [label.account_key for label in company.labels]}


def _identifiers(company: Company) -> list[tuple[str, list[str]]]:
    found = []
    for directory_id, table in company.accounts.items():
        wanted = ["native_id", "username", "email", "employee_id"]
        for native_id, username, email, number in zip(*(table[c].to_pylist() for c in wanted), strict=True):
            found.append((f"{directory_id}:{native_id}", _values(username, email, number)))
    for directory_id, tables in company.iam.items():
        users = tables["users"]
        wanted = ["user_id", "user_name", "tags"]
        for user_id, name, tags in zip(*(users[c].to_pylist() for c in wanted), strict=True):
            emails = [v for v in json.loads(tags).values() if "@" in v]
            found.append((f"{directory_id}:{user_id}", _values(name, emails[0] if emails else None, None)))
    return found


def _values(username: str | None, email: str | None, number: str | None) -> list[str]:
    values = [f"username/{username.lower()}"] if username else []
    values += [f"email/{email.lower()}"] if email else []
    values += [f"number/{number.lstrip('0')}"] if number else []
    return values
