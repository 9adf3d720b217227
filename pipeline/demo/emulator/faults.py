"""Every fault the emulated AWS can produce on purpose."""

from __future__ import annotations

import random
import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Literal

from pipeline.demo.emulator.errors import ApiError
from pipeline.demo.emulator.inconsistency import Inconsistencies
from pipeline.demo.emulator.principals import AssumedRoleSession
from pipeline.demo.emulator.report import REUSED_FOR, ReportFault


@dataclass
class _Chance:
    """A fault that strikes at random, on these actions (all when empty) of this account (all when empty)."""

    rate: float
    draw: random.Random
    actions: Collection[str]
    account: str

    def strikes(self, action: str, account: str) -> bool:
        if (self.actions and action not in self.actions) or (self.account and account != self.account):
            return False
        return self.draw.random() < self.rate


@dataclass
class _Bucket:
    """AWS's token bucket, one for each account: `rps` a second, `burst` saved up."""

    rps: float
    burst: float
    level: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, account: str) -> bool:
        now = time.monotonic()
        tokens, since = self.level.get(account, (self.burst, now))
        tokens = min(self.burst, tokens + (now - since) * self.rps)
        self.level[account] = (tokens - 1 if tokens >= 1 else tokens, now)
        return tokens >= 1


@dataclass
class _Answer:
    action: str
    code: str
    status: int
    message: str
    times: int | None
    account: str
    after: int = 0

    def takes(self, action: str, account: str) -> bool:
        if action != self.action or self.account not in ("", account) or self.times == 0:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(frozen=True)
class _Denial:
    action: str
    account: str
    resource: str
    reason: str | None


class Faults(Inconsistencies):
    """The switches. Unless an `account` is given, a fault concerns every account."""

    def __init__(self) -> None:
        super().__init__()
        self.clear()

    def clear(self) -> None:
        """Behave well from now on."""
        with self._lock:
            self._throttles: list[_Chance] = []
            self._failures: list[_Chance] = []
            self._truncations: list[_Chance] = []
            self._drops: list[_Chance] = []
            self._answers: list[_Answer] = []
            self._denials: list[_Denial] = []
            self._forget()
            self._bucket: _Bucket | None = None
            self._reports: dict[str, ReportFault] = {}
            self._session_calls: tuple[int, int | None] | None = None
            self._used: dict[str, dict[str, int]] = {}
            self.delay = 0.0
            self.page_limit: int | None = None

    def throttle(self, rate: float, *, seed: int = 1, actions: Collection[str] = (), account: str = "") -> None:
        """Answer a share of calls with 400 Throttling."""
        self._throttles.append(_Chance(rate, random.Random(seed), actions, account))

    def error500(self, rate: float, *, seed: int = 2, actions: Collection[str] = (), account: str = "") -> None:
        """Answer a share of calls with 500 ServiceFailure."""
        self._failures.append(_Chance(rate, random.Random(seed), actions, account))

    def truncate(self, rate: float, *, seed: int = 3, actions: Collection[str] = (), account: str = "") -> None:
        """Cut a share of successful bodies short: well-formed HTTP around half an XML document."""
        self._truncations.append(_Chance(rate, random.Random(seed), actions, account))

    def drop(self, rate: float, *, seed: int = 4, actions: Collection[str] = (), account: str = "") -> None:
        """Close the connection instead of answering a share of calls."""
        self._drops.append(_Chance(rate, random.Random(seed), actions, account))

    def answer(
        self,
        action: str,
        code: str,
        *,
        status: int = 400,
        message: str = "",
        times: int | None = None,
        account: str = "",
        after: int = 0,
    ) -> None:
        """Answer an action (`sts:AssumeRole`) with any error AWS has, so many times or always, but `after` some."""
        self._answers.append(_Answer(action, code, status, message, times, account, after))

    def rps(self, rate: float, *, burst: float | None = None) -> None:
        """Throttle each account above so many calls a second; `burst` (default: one second's worth) may be saved up."""
        self._bucket = _Bucket(rate, burst if burst is not None else max(1.0, rate))

    def latency(self, seconds: float) -> None:
        """Let every call take at least so long."""
        self.delay = seconds

    def deny(self, action: str, *, account: str = "", resource: str = "*", reason: str | None = None) -> None:
        """Refuse an action (`iam:ListAccessKeys`, `iam:Get*`), maybe only on some ARNs (those of users, for what is
        theirs), as if no policy allowed it; or with AWS's words for another `reason`: `with an explicit deny in a
        service control policy`, or none at all."""
        self._denials.append(_Denial(action, account, resource, reason))

    def page_size(self, limit: int | None) -> None:
        """Give shorter pages than MaxItems asks for."""
        self.page_limit = limit

    def expire_tokens_after(self, calls: int, *, sessions: int | None = 1) -> None:
        """Let a session die once it made so many calls; only the first `sessions` of each account, or all when None."""
        with self._lock:
            self._session_calls, self._used = (calls, sessions), {}

    def report(
        self,
        *,
        state: Literal["in_progress", "limit_exceeded", "expired"] | None = None,
        polls: int | None = 0,
        times: int | None = None,
        generated_at: datetime | None = None,
        reuse: timedelta = REUSED_FOR,
        account: str = "",
    ) -> None:
        """Set how credential reports behave; the fields are `ReportFault`'s."""
        with self._lock:
            if not account:
                self._reports.clear()
            self._reports[account] = ReportFault(state, polls, times, generated_at, reuse)

    def strike(self, action: str, account: str) -> None:
        """Raise the fault that meets this call, if one does."""
        with self._lock:
            if any(chance.strikes(action, account) for chance in self._throttles) or not self._affordable(account):
                raise ApiError("Throttling", "Rate exceeded", 400)
            if any(chance.strikes(action, account) for chance in self._failures):
                raise ApiError("ServiceFailure", "The request processing has failed because of an unknown error", 500)
            for answer in self._answers:
                if answer.takes(action, account):
                    raise ApiError(answer.code, answer.message or answer.code, answer.status)

    def drops(self, action: str, account: str) -> bool:
        """Whether this call is to be left without a reply."""
        with self._lock:
            return any(chance.strikes(action, account) for chance in self._drops)

    def truncates(self, action: str, account: str) -> bool:
        """Whether this reply is to be cut."""
        with self._lock:
            return any(chance.strikes(action, account) for chance in self._truncations)

    def denial(self, action: str, account: str, resource: str) -> str | None:
        """The reason why this call is to be refused, or None when it is not."""
        for one in self._denials:
            if fnmatchcase(action, one.action) and one.account in ("", account) and fnmatchcase(resource, one.resource):
                return (
                    f"because no identity-based policy allows the {action} action" if one.reason is None else one.reason
                )
        return None

    def expires(self, session: AssumedRoleSession) -> bool:
        """Note one more use of a session, and whether it has died of it."""
        if self._session_calls is None:
            return False
        with self._lock:
            allowed, sessions = self._session_calls
            used = self._used.setdefault(session.account_id, {})
            if session.access_key_id not in used and sessions is not None and len(used) >= sessions:
                return False
            used[session.access_key_id] = used.get(session.access_key_id, 0) + 1
            return used[session.access_key_id] > allowed

    def report_of(self, account: str) -> ReportFault:
        """How this account's credential report behaves; the same object at every call, for it counts."""
        with self._lock:
            if account not in self._reports:
                self._reports[account] = replace(self._reports.get("", ReportFault()))
            return self._reports[account]

    def _affordable(self, account: str) -> bool:
        return self._bucket is None or self._bucket.take(account)
