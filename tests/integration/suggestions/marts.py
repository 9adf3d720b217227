"""Marts as a build leaves them, with a few people in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from pipeline.home import Home

AS_OF = "2026-06-15 12:00:00"
_TABLES = """
    create schema inventory;
    create schema identity;
    create table inventory.accounts (account_key varchar, username varchar, display_name varchar, email varchar,
        account_kind varchar);
    create table identity.identities (identity_id varchar, display_name varchar, email varchar);
    create table identity.identity_accounts (account_key varchar, identity_id varchar, status varchar,
        is_authoritative boolean, as_of timestamp);
    create table identity.decisions (decision_id varchar, verb varchar, account_key varchar, target varchar,
        state varchar);
    create table identity.match_suggestions (account_key varchar, candidate_identity_id varchar, candidate varchar,
        candidate_name varchar, match_weight double, match_probability double, agreement varchar, status varchar,
        as_of timestamp);
"""


@dataclass(frozen=True)
class Account:
    """An account outside the rosters; `person` is whose it certainly is."""

    key: str
    username: str | None = None
    name: str | None = None
    email: str | None = None
    kind: str = "human"
    person: str | None = None


def build(
    home: Home,
    persons: Iterable[tuple[str, str]],
    accounts: Iterable[Account],
    unlinked: Iterable[tuple[str, str]] = (),
) -> Home:
    """Fill the warehouse of `home`. A person is (id, name), with an e-mail address flast@corp.example and a roster row
    `people:ID`; `unlinked` are (account, person) a human has said no to."""
    with duckdb.connect(str(home.warehouse)) as db:
        db.execute(_TABLES)
        for person, name in persons:
            first, last = name.lower().split()
            db.execute(
                "insert into identity.identities values (?, ?, ?)", [person, name, f"{first[0]}{last}@corp.example"]
            )
            _account(db, Account(f"people:{person}", name=name, person=person), is_authoritative=True)
        for account in accounts:
            _account(db, account)
        for number, (account_key, person) in enumerate(unlinked):
            values = [str(number), "unlink", account_key, f"people:{person}", "in_force"]
            db.execute("insert into identity.decisions values (?, ?, ?, ?, ?)", values)
    return home


def _account(db: duckdb.DuckDBPyConnection, account: Account, *, is_authoritative: bool = False) -> None:
    values = [account.key, account.username, account.name, account.email, account.kind]
    db.execute("insert into inventory.accounts values (?, ?, ?, ?, ?)", values)
    status = "assigned" if account.person else "unmatched"
    row = [account.key, account.person, status, is_authoritative, AS_OF]
    db.execute("insert into identity.identity_accounts values (?, ?, ?, ?, ?)", row)


def suggestions(home: Home) -> list[tuple[str, str, float, str]]:
    """(account, candidate, probability, agreement) of every suggestion, best first."""
    with duckdb.connect(str(home.warehouse)) as db:
        return db.execute(
            "select account_key, candidate, match_probability, agreement from identity.match_suggestions"
            " order by account_key, match_weight desc, candidate"
        ).fetchall()
