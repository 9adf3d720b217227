"""Which users there are, completely or not at all; and what the account says of itself.

Belongs here: the one listing a read cannot do without, checked against GetAccountSummary.
Does not belong here: anything about a single user.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.directories.aws_iam.calls import Calls
from pipeline.directories.aws_iam.failures import INCOMPLETE, ReadFailedError
from pipeline.directories.aws_iam.shapes import Answer, MalformedAnswerError, User, listing

LIST, SUMMARY, ALIASES = "iam:ListUsers", "iam:GetAccountSummary", "iam:ListAccountAliases"


@dataclass(frozen=True)
class Summary:
    """GetAccountSummary's counts as a JSON object, or why they are unknown."""

    text: str | None
    users: int | None
    gap: str | None


@dataclass(frozen=True)
class Listing:
    """All users by id. `vanished` are those that were listed at first and gone when the listing was repeated."""

    users: Mapping[str, User]
    summary: Summary
    vanished: frozenset[str] = frozenset()


def read_listing(calls: Calls) -> Listing:
    """All users; raises ReadFailedError when they could not be listed, or when AWS counts others than it lists, twice.

    Where GetAccountSummary is denied there is no such check.
    """
    users, summary = _list(calls), _summary(calls)
    if _agree(users, summary):
        return Listing(users, summary)
    again, summary = _list(calls), _summary(calls)  # somebody may have come or gone between the two answers
    if _agree(again, summary):
        return Listing(again, summary, frozenset(users.keys() - again.keys()))
    message = f"AWS counts {summary.users} users and listed {len(again)}"
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
    return {user.user_id: user for user in calls.listed(LIST, listing("Users", User.read))}


def _summary(calls: Calls) -> Summary:
    try:
        return calls.one(SUMMARY, _read_summary)
    except ReadFailedError as failure:
        return Summary(None, None, failure.gap)


def _read_summary(answer: Answer) -> Summary:
    counts = answer.get("SummaryMap")
    if not isinstance(counts, Mapping) or not counts:
        raise MalformedAnswerError("no SummaryMap in the answer")
    users = counts.get("Users")
    return Summary(json.dumps(dict(sorted(counts.items()))), users if isinstance(users, int) else None, None)


def _agree(users: Mapping[str, User], summary: Summary) -> bool:
    return summary.users is None or summary.users == len(users)
