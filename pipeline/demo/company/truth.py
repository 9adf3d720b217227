"""The findings a correct pipeline must report for the sample company, derived from its scenarios.

The rules are written down here a second time on purpose: a test that compares the pipeline with this compares two
workings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.demo.company.accounts import ADMIN_GROUPS, ADMIN_POLICIES
from pipeline.demo.company.logins import Login
from pipeline.demo.company.people import Person

Activity = Literal["active", "stale", "no_credentials", "unknown"]


@dataclass(frozen=True)
class ExpectedAccount:
    """A login in its place: its `account_key` (directory, colon, id) and the ids of its keys, in their order."""

    login: Login
    account_key: str
    user_id: str
    arn: str
    key_ids: tuple[str, ...]


@dataclass(frozen=True)
class Truth:
    """The findings to expect; accounts by `account_key`, credentials by (account_key, `password` or access key id).

    `orphans` gives the reason; `duplicates` the kind of each account of a person who holds several, `clusters` which
    belong together. `owners` gives the employee id of whom an account belongs to or who answers for it, None where
    nobody does. `unknown_credentials` are those whose last use cannot be learnt.
    """

    stale_credentials: frozenset[tuple[str, str]]
    unknown_credentials: frozenset[tuple[str, str]]
    activity: Mapping[str, Activity]
    orphans: Mapping[str, str]
    duplicates: Mapping[str, str]
    clusters: frozenset[frozenset[str]]
    owners: Mapping[str, str | None]
    kinds: Mapping[str, str]
    admins: frozenset[str]

    def accounts(self, activity: Activity) -> set[str]:
        """The accounts of one activity."""
        return {key for key, found in self.activity.items() if found == activity}


def expected(
    placed: Iterable[ExpectedAccount],
    people: Iterable[Person],
    *,
    tells_key_use: Mapping[str, bool],
    tells_use: Mapping[str, bool],
    now: datetime,
    at: datetime,
    stale_after_days: int,
) -> Truth:
    """The truth as of `at`, for a company whose ages count from `now`.

    `tells_key_use` has the AWS accounts, and whether they tell when keys were used; `tells_use` the other directories,
    and whether they tell when somebody logged in.
    """
    everyone = {person.employee_id: person for person in people}
    logins = list(placed)
    limit = stale_after_days - (at - now).total_seconds() / 86400
    credentials = {
        (one.account_key, name): state
        for one in logins
        if one.login.connection in tells_key_use
        for name, state in _credentials(one, tells_key_use[one.login.connection], limit).items()
    }
    clusters = _clusters(logins)
    return Truth(
        stale_credentials=frozenset(key for key, state in credentials.items() if state == "stale"),
        unknown_credentials=frozenset(key for key, state in credentials.items() if state == "unknown"),
        activity={
            one.account_key: _listed_activity(one.login, tells_use[one.login.connection], limit)
            if one.login.connection in tells_use
            else _activity([state for (key, _), state in credentials.items() if key == one.account_key])
            for one in logins
        },
        orphans={one.account_key: reason for one in logins if (reason := _orphan(one.login, everyone, at))},
        duplicates={one.account_key: _kind(one.login, cluster) for cluster in clusters for one in cluster},
        clusters=frozenset(frozenset(one.account_key for one in cluster) for cluster in clusters),
        owners={one.account_key: one.login.owner or None for one in logins},
        kinds={one.account_key: one.login.kind for one in logins},
        admins=frozenset(one.account_key for one in logins if _is_admin(one.login)),
    )


def _credentials(one: ExpectedAccount, tells_key_use: bool, limit: float) -> dict[str, str]:
    """Every usable credential: stale when idle for more days than `limit`; one never used is idle since it was made."""
    found = {}
    if one.login.password is not None:
        password = one.login.password
        idle = password.created if password.last_used is None else password.last_used
        found["password"] = "stale" if idle > limit else "fresh"
    for key_id, key in zip(one.key_ids, one.login.keys, strict=True):
        if key.status != "Active":
            continue
        idle = key.created if key.last_used is None else key.last_used
        found[key_id] = "unknown" if not tells_key_use else "stale" if idle > limit else "fresh"
    return found


def _activity(states: list[str]) -> Activity:
    if not states:
        return "no_credentials"
    if "fresh" in states:
        return "active"
    return "unknown" if "unknown" in states else "stale"


def _listed_activity(login: Login, tells_use: bool, limit: float) -> Activity:
    """Outside AWS the login itself is the credential, usable while it is enabled."""
    if not login.is_enabled:
        return "no_credentials"
    if not tells_use or login.password is None:
        return "unknown"
    idle = login.password.created if login.password.last_used is None else login.password.last_used
    return "stale" if idle > limit else "active"


def _orphan(login: Login, everyone: Mapping[str, Person], at: datetime) -> str:
    service = login.kind == "service"
    if login.ownership == "ambiguous":
        return "owner_ambiguous"
    if login.ownership == "nobody":
        return "service_unowned" if service else "no_owner"
    if everyone[login.owner].works_here(at):
        return ""
    return "service_owner_terminated" if service else "owner_terminated"


def _clusters(logins: list[ExpectedAccount]) -> list[list[ExpectedAccount]]:
    """Persons' logins by whose they are: the employee's, or somebody's whom HR does not know."""
    by_person: dict[str, list[ExpectedAccount]] = {}
    for one in logins:
        if one.login.kind == "human" and one.login.ownership != "ambiguous":
            whose = one.login.owner or one.login.outsider or one.account_key
            by_person.setdefault(whose, []).append(one)
    return [cluster for cluster in by_person.values() if len(cluster) > 1]


def _kind(login: Login, cluster: list[ExpectedAccount]) -> str:
    """Two alike in one directory are one too many; an administrator's beside an everyday one is a twin."""
    beside = [one.login for one in cluster if one.login.connection == login.connection and one.login is not login]
    if any(other.is_admin_half == login.is_admin_half for other in beside):
        return "same_directory"
    return "admin_twin" if beside else "cross_directory"


def _is_admin(login: Login) -> bool:
    """Whether an IAM user may do everything, in whichever way; nothing tells what permission sets allow."""
    return login.card is None and (
        bool(ADMIN_GROUPS & set(login.groups))
        or bool(ADMIN_POLICIES & set(login.policies))
        or any("*" in actions for actions in login.inline.values())
    )
