"""Accounts that change while they are read, and IAM's eventual consistency.

"IAM achieves high availability by replicating data across multiple servers [...] changes [...] might take time": what
was just made may be missing in one listing and present in the next.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class _Vanishing:
    user: str
    after: str
    account: str


@dataclass
class _Churn:
    """`users` dynamic users that are there after every second listing."""

    users: int
    account: str
    listings: int = 0


@dataclass
class _Lag:
    """A user that the next `listings` and `lookups` do not see."""

    listings: int
    lookups: int


class Inconsistencies:
    """Part of `Faults`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._vanishings: list[_Vanishing] = []
        self._vanishing_keys: set[str] = set()
        self._churns: list[_Churn] = []
        self._lags: dict[str, _Lag] = {}

    def vanish(self, user: str, *, after: str, account: str = "") -> None:
        """Delete a user right after a listing (`ListUsers`) was given out to its last page."""
        self._vanishings.append(_Vanishing(user, after.removeprefix("iam:"), account))

    def vanish_key(self, key_id: str) -> None:
        """Delete an access key right after ListAccessKeys showed it."""
        self._vanishing_keys.add(key_id)

    def churn(self, users: int, *, account: str = "") -> None:
        """Make so many users after one complete ListUsers, delete them after the next, and so on: a vault's."""
        self._churns.append(_Churn(users, account))

    def lag(self, user: str, *, listings: int = 0, lookups: int = 0) -> None:
        """Leave a user out of so many listings of users, and answer so many questions about it with NoSuchEntity."""
        self._lags[user] = _Lag(listings, lookups)

    def vanishing(self, action: str, account: str) -> list[str]:
        """The users to delete now that this listing is complete; each once."""
        with self._lock:
            struck = [one for one in self._vanishings if one.after == action and one.account in ("", account)]
            self._vanishings = [one for one in self._vanishings if one not in struck]
        return [one.user for one in struck]

    def vanishing_keys(self, listed: Iterable[str]) -> set[str]:
        """The keys to delete now that they were shown; each once."""
        with self._lock:
            struck = self._vanishing_keys & set(listed)
            self._vanishing_keys -= struck
        return struck

    def churning(self, action: str, account: str) -> tuple[list[str], bool]:
        """The users to make (True) or delete now that this listing is complete."""
        with self._lock:
            struck = [one for one in self._churns if action == "ListUsers" and one.account in ("", account)]
            for one in struck:
                one.listings += 1
        names = [f"dynamic-{one.listings // 2 + one.listings % 2}-{number}" for one in struck
                 for number in range(one.users)]  # fmt: skip
        return names, any(one.listings % 2 for one in struck)

    def unseen(self, *, is_last_page: bool) -> set[str]:
        """The users this listing does not show; its last page is the end of one listing."""
        with self._lock:
            found = {user for user, lag in self._lags.items() if lag.listings > 0}
            for user in found if is_last_page else ():
                self._lags[user].listings -= 1
        return found

    def overlooks(self, user: str) -> bool:
        """Whether this question about a user meets a replica that does not know it yet."""
        with self._lock:
            lag = self._lags.get(user)
            if lag is None or lag.lookups <= 0:
                return False
            lag.lookups -= 1
        return True
