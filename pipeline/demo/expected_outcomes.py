"""Compares what was published about the sample company with its known truth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.home import Home

if TYPE_CHECKING:
    from pipeline.demo.company import Company, ExpectedAccount

OWNERSHIP = """
    select
        accounts.account_key,
        accounts.account_kind,
        found.status,
        found.rules,
        found.candidates,
        persons.display_name,
        case when persons.is_in_roster then persons.employee_id end as employee_id,
        accounts.as_of
    from inventory.accounts as accounts
    inner join identity.identity_accounts as found on accounts.account_key = found.account_key
    left join identity.identities as persons on found.identity_id = persons.identity_id
    where not accounts.is_authoritative
"""
VERDICTS = {
    "stale accounts": "select account_key, 'stale' from findings.stale_accounts",
    "orphaned accounts": "select account_key, reason from findings.orphaned_accounts",
    "accounts of one person": "select account_key, duplicate_kind from findings.duplicate_identities",
}


def expected_outcomes(home: Home, company: Company) -> list[dict[str, Any]]:
    """Each trap: the account, whose it was found to be and by what, and whether that is so."""
    from pipeline.warehouse.query import query

    found = {row["account_key"]: row for row in query(home, OWNERSHIP).records()}
    placed = sorted((one for one in company.everywhere if one.login.trap), key=lambda one: one.login.trap)
    return [_trap(one, found[one.account_key]) for one in placed if one.account_key in found]


def compared(home: Home, company: Company) -> list[dict[str, Any]]:
    """For each kind of finding how many there are, how many were found, and how many were found that are not so."""
    from pipeline.warehouse.query import query

    [(at,)] = query(home, "select max(as_of) from inventory.accounts").rows
    truth = company.truth(at.replace(tzinfo=UTC) if isinstance(at, datetime) else None)
    real: dict[str, Mapping[str, str]] = {
        "stale accounts": dict.fromkeys(truth.accounts("stale"), "stale"),
        "orphaned accounts": truth.orphans,
        "accounts of one person": truth.duplicates,
    }
    rows = []
    for name, sql in VERDICTS.items():
        there, told = set(real[name].items()), set(query(home, sql).rows)
        rows.append({"finding": name, "real": len(there), "found": len(there & told), "wrong": len(told - there)})
    return rows


def _trap(one: ExpectedAccount, found: Mapping[str, Any]) -> dict[str, Any]:
    login = one.login
    is_clear = found["status"] in ("assigned", "manual")
    told = (found["status"] == "ambiguous", found["employee_id"] if is_clear else None)
    belongs = login.owner if login.ownership == "person" and login.kind == "human" else None
    return {
        "trap": login.trap,
        "account": f"{login.name} @ {login.connection}",
        "account_key": one.account_key,
        "whose": _whose(found),
        "by": found["rules"] if is_clear else None,
        "right": told == (login.ownership == "ambiguous", belongs),
    }


def _whose(found: Mapping[str, Any]) -> str:
    if found["status"] == "ambiguous":
        return "one of several: a person decides"
    if found["status"] not in ("assigned", "manual"):
        return "nobody's alone" if found["account_kind"] == "shared" else "nobody HR knows"
    return str(found["display_name"]) if found["employee_id"] else f"{found['display_name']}, whom HR does not know"
