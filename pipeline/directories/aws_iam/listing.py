"""Lists the users completely or not at all, and reads the account's summary."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.aws.calls import Calls
from pipeline.aws.errors import INCOMPLETE, ReadFailedError
from pipeline.aws.responses import ApiResponse, MalformedResponseError, listing
from pipeline.directories.aws_iam.records import User

LIST, SUMMARY, ALIASES = "iam:ListUsers", "iam:GetAccountSummary", "iam:ListAccountAliases"
PAUSES = (2.0, 5.0, 10.0)
"""Seconds before users and their count are asked for again."""
MOST_CHANGED_USERS, MOST_CHANGED = 10, 0.2
"""No more users than this, or this share of them, come and go within seconds: beyond it a listing was cut short."""


@dataclass(frozen=True)
class AccountSummary:
    """GetAccountSummary's counts as a JSON object, or why they are unknown."""

    text: str | None
    users: int | None
    gap: str | None


@dataclass(frozen=True)
class UserListing:
    """All users by id. `vanished` are those that some listing showed and that are not among them: they came or went
    while we read."""

    users: Mapping[str, User]
    summary: AccountSummary
    vanished: frozenset[str] = frozenset()


def read_listing(calls: Calls) -> UserListing:
    """All users, by a listing that AWS' own count agrees with.

    Where they do not agree, both are asked again after a pause: users may come and go between the two answers, and IAM
    is eventually consistent. An account in which that never ends is read as far as its last two listings agree.
    Raises ReadFailedError when the users could not be listed, and when count and listing contradict each other by more
    than what came and went. Where GetAccountSummary is denied there is no such check.
    """
    rounds = [_Round(_list(calls), _summary(calls))]
    for pause in PAUSES:
        if rounds[-1].agrees:
            break
        calls.sleep(pause)
        rounds.append(_Round(_list(calls), _summary(calls)))
    last = rounds[-1]
    users = last.users if last.agrees else _agreed_by(calls, rounds)
    seen = frozenset(user_id for each in rounds for user_id in each.users)
    return UserListing(users, last.summary, seen - users.keys())


@dataclass(frozen=True)
class _Round:
    """One listing, and the count AWS gave right after it."""

    users: Mapping[str, User]
    summary: AccountSummary

    @property
    def count(self) -> int:
        return len(self.users) if self.summary.users is None else self.summary.users

    @property
    def agrees(self) -> bool:
        return self.count == len(self.users)


def _agreed_by(calls: Calls, rounds: Sequence[_Round]) -> Mapping[str, User]:
    """The users in both of the last two listings, when what came and went explains the difference to AWS' count."""
    last, before = rounds[-1], rounds[-2]
    listings = [each.users.keys() for each in rounds]
    counts = [each.count for each in rounds]
    changed = len(set().union(*listings)) - len(set(listings[0]).intersection(*listings)) + max(counts) - min(counts)
    users = {user_id: user for user_id, user in last.users.items() if user_id in before.users}
    difference = abs(last.count - len(last.users))
    lost = last.count - len(users)
    if difference <= changed and lost <= max(MOST_CHANGED_USERS, MOST_CHANGED * last.count):
        return users
    message = f"AWS counts {last.count} users and listed {len(last.users)}"
    calls.recorder.record(LIST, "failed", calls=0, code=INCOMPLETE, message=message)
    raise ReadFailedError(LIST, "failed", INCOMPLETE, message)


def read_alias(calls: Calls) -> tuple[str | None, str | None]:
    """The account's alias (None: it has none) and why it is unknown, if it is."""
    try:
        aliases = calls.listed(ALIASES, listing("AccountAliases", lambda alias: alias))
    except ReadFailedError as failure:
        return None, failure.gap
    return (str(aliases[0]) if aliases else None), None


def _list(calls: Calls) -> dict[str, User]:
    return {user.user_id: user for user in calls.listed(LIST, listing("Users", User.from_response))}


def _summary(calls: Calls) -> AccountSummary:
    try:
        return calls.one(SUMMARY, _read_summary)
    except ReadFailedError as failure:
        return AccountSummary(None, None, failure.gap)


def _read_summary(answer: ApiResponse) -> AccountSummary:
    counts = answer.get("SummaryMap")
    if not isinstance(counts, Mapping) or not counts:
        raise MalformedResponseError("no SummaryMap in the answer")
    users = counts.get("Users")
    return AccountSummary(json.dumps(dict(sorted(counts.items()))), users if isinstance(users, int) else None, None)
