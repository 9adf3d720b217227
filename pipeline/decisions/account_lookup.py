"""Finds the account or person that a command line names, in the published tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.home import Home
from pipeline.problems import ConfigurationError, Problem
from pipeline.warehouse.query import query

SHORTEST_START = 6
"""Of a finding_id, that is taken for the whole."""

NAMED = """
    with wanted as (select unnest($names) as name),
    hits as (
        select wanted.name, accounts.account_key, 0 as preference
        from wanted inner join inventory.accounts as accounts on accounts.account_key = wanted.name
        union all
        select wanted.name, accounts.account_key, 1
        from wanted inner join inventory.accounts as accounts
            on lower(accounts.directory_id || ':' || accounts.username) = lower(trim(wanted.name))
        union all
        select wanted.name, accounts.account_key, 2
        from wanted inner join inventory.accounts as accounts on lower(accounts.username) = lower(trim(wanted.name))
        union all
        select wanted.name, accounts.account_key, 2
        from wanted inner join inventory.accounts as accounts on lower(accounts.email) = lower(trim(wanted.name))
        union all
        select wanted.name, accounts.account_key, 2
        from wanted inner join inventory.accounts as accounts on lower(accounts.employee_id) = lower(trim(wanted.name))
    )
    select
        hits.name,
        hits.account_key,
        any_value(accounts.username),
        any_value(accounts.directory_id),
        any_value(accounts.display_name),
        any_value(accounts.is_authoritative),
        any_value(identities.identity_id)
    from hits
    inner join inventory.accounts as accounts on hits.account_key = accounts.account_key
    left join identity.identity_accounts as identities on hits.account_key = identities.account_key
    group by hits.name, hits.account_key
    qualify min(hits.preference) = min(min(hits.preference)) over (partition by hits.name)
    order by hits.name, hits.account_key
"""

CLOSEST = """
    with names as (
        select account_key, unnest([account_key, username, email, employee_id]) as name from inventory.accounts
    )
    select account_key, max(jaro_winkler_similarity(lower(name), lower($name))) as likeness
    from names
    where name <> ''
    group by account_key
    having likeness > 0.8
    order by likeness desc, account_key
    limit 3
"""

PERSONS = """
    select account_key, identity_id from identity.identity_accounts where is_authoritative and identity_id is not null
"""

FINDINGS = """
    select finding_id, account_key, status, summary from findings.all_findings where starts_with(finding_id, $start)
    order by finding_id
    limit 4
"""


@dataclass(frozen=True)
class ListedAccount:
    """An account as far as a decision about it needs to know."""

    account_key: str
    username: str
    directory_id: str
    display_name: str | None
    is_authoritative: bool
    identity_id: str | None

    @property
    def label(self) -> str:
        """What people call it."""
        return f"{self.username} @ {self.directory_id}"

    def __str__(self) -> str:
        name = f", {self.display_name}" if self.display_name else ""
        return f"{self.account_key} ({self.label}{name})"


@dataclass(frozen=True)
class Finding:
    """A finding as far as an exception of it needs to know."""

    finding_id: str
    account_key: str | None
    status: str
    summary: str


def account_named(home: Home, name: str, *, is_person: bool = False) -> ListedAccount:
    """The account that is called so: by account_key, directory:username, user name, e-mail address or employee id.

    Where a name fits rows of rosters and other accounts, `is_person` says which of them are meant; rows of one person
    are the same to everybody. Raises ConfigurationError for no account and for several.
    """
    return _chosen(home, name, named(home, [name]).get(name, []), is_person=is_person)


def named(home: Home, names: Iterable[str]) -> dict[str, list[ListedAccount]]:
    """The accounts that are called so, for many names at once."""
    found: dict[str, list[ListedAccount]] = {}
    for name, key, username, directory, display_name, is_authoritative, identity_id in query(
        home, NAMED, {"names": list(names)}
    ).rows:
        account = ListedAccount(key, username or "", directory, display_name, bool(is_authoritative), identity_id)
        found.setdefault(name, []).append(account)
    return found


def _chosen(home: Home, name: str, found: list[ListedAccount], *, is_person: bool) -> ListedAccount:
    meant = [account for account in found if account.is_authoritative == is_person] or found
    persons = {account.identity_id for account in meant}
    if len(meant) == 1 or (meant and is_person and len(persons) == 1 and None not in persons):
        return meant[0]
    if meant:
        choices = "; ".join(str(account) for account in meant[:10]) + ("; ..." if len(meant) > 10 else "")
        raise ConfigurationError(Problem.of("ambiguous_account", name=name, choices=choices))
    closest = [str(key) for key, _ in query(home, CLOSEST, {"name": name.strip()}).rows]
    words = f"; the closest are {', '.join(closest)}" if closest else ""
    raise ConfigurationError(Problem.of("unknown_account", name=name, closest=words))


def choose(home: Home, name: str, found: dict[str, list[ListedAccount]], *, is_person: bool) -> ListedAccount:
    """One of what `named` found; raises as `account_named` does."""
    return _chosen(home, name, found.get(name, []), is_person=is_person)


def persons(home: Home) -> dict[str, str]:
    """The identity_id of each row of an authoritative directory, by its account_key."""
    return {str(account_key): str(identity_id) for account_key, identity_id in query(home, PERSONS).rows}


def finding_called(home: Home, start: str) -> Finding:
    """The finding whose id begins so. Raises ConfigurationError for none, for several, and for one that is over."""
    found = [Finding(*row) for row in query(home, FINDINGS, {"start": start}).rows]
    exact = [finding for finding in found if finding.finding_id == start]
    if len(exact or found) > 1:
        raise _no_finding(start, "is the beginning of several")
    if not found or (not exact and len(start) < SHORTEST_START):
        raise _no_finding(start, "was not found by the last sync, nor by any before it")
    [finding] = exact or found
    if finding.status not in ("open", "excepted"):
        raise _no_finding(start, f"is {finding.status.replace('_', ' ')}: there is nothing left to accept")
    return finding


def _no_finding(start: str, reason: str) -> ConfigurationError:
    return ConfigurationError(Problem.of("unknown_finding", finding_id=start, reason=reason))
