"""What was seen of a directory and what was not: the outcome of every action, for each principal it was asked about."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["ok", "denied", "throttled", "failed", "not_tried"]
"""How an action went: `failed` is any other error that outlived its retries (500s, time-outs, truncated bodies)."""

WORST_LAST: tuple[Outcome, ...] = ("not_tried", "ok", "throttled", "failed", "denied")
LONGEST_MESSAGE = 400


@dataclass(frozen=True)
class ActionCoverage:
    """How one API action went over a whole read.

    An action that was allowed for some principals and denied for others has the worst outcome, and `rows` counts what
    it did return; `principals_denied` of the `principals_asked` about were refused (both 0 for an action that is not
    asked principal by principal). `needed_for` says in plain words what is lost without it.
    """

    action: str
    outcome: Outcome
    calls: int = 0
    rows: int = 0
    error_code: str = ""
    message: str = ""
    needed_for: str = ""
    remedy: str = ""
    principals_asked: int = 0
    principals_denied: int = 0


@dataclass(frozen=True)
class _Reason:
    code: str = ""
    message: str = ""
    remedy: str = ""


@dataclass
class _Tally:
    """`outcomes` counts calls by how they went; `reasons` keeps one error of each, whichever thread came first."""

    calls: int = 0
    rows: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    reasons: dict[Outcome, _Reason] = field(default_factory=dict)
    asked: set[Hashable] = field(default_factory=set)
    denied: set[Hashable] = field(default_factory=set)

    @property
    def outcome(self) -> Outcome:
        return max(
            (each for each, times in self.outcomes.items() if times > 0), key=WORST_LAST.index, default="not_tried"
        )


class CoverageRecorder:
    """Records every call of one attempt, from any thread; the worst outcome of an action wins.

    `needed_for` lists the actions there are, and what is lost without each. `remedy` words the fix of an action with an
    outcome, where a failure does not bring a remedy of its own.
    """

    def __init__(self, needed_for: Mapping[str, str], remedy: Callable[[str, Outcome], str]) -> None:
        self._lock = threading.Lock()
        self._needed_for, self._remedy = needed_for, remedy
        self._tallies = {action: _Tally() for action in needed_for}
        self._others: Counter[str] = Counter()
        self._retries = 0

    def record(
        self,
        action: str,
        outcome: Outcome,
        *,
        calls: int = 1,
        rows: int = 0,
        code: str = "",
        message: str = "",
        remedy: str = "",
    ) -> None:
        """Add one call of `action`; `rows` counts what it returned."""
        with self._lock:
            if action not in self._tallies:
                self._others[action] += calls
                return
            tally = self._tallies[action]
            tally.calls += calls
            tally.rows += rows
            tally.outcomes[outcome] += 1
            reason = _Reason(code, message[:LONGEST_MESSAGE], remedy)
            tally.reasons[outcome] = min(
                tally.reasons.get(outcome, reason), reason, key=lambda each: (each.code, each.message)
            )

    def asked(self, action: str, principal: Hashable, *, denied: bool) -> None:
        """`action` was asked about one principal, and maybe refused for it."""
        with self._lock:
            tally = self._tallies[action]
            tally.asked.add(principal)
            if denied:
                tally.denied.add(principal)

    def withdraw_denial(self, action: str, principal: Hashable) -> None:
        """One denial meant that its subject is gone, not that a permission is missing."""
        with self._lock:
            tally = self._tallies[action]
            tally.outcomes["denied"] -= 1
            tally.outcomes["ok"] += 1
            tally.denied.discard(principal)

    def retried(self, times: int = 1) -> None:
        """Add `times` requests that were sent again."""
        with self._lock:
            self._retries += times

    def restarted(self, action: str) -> None:
        """A listing begins again: the rows so far do not count, the calls do."""
        with self._lock:
            self._tallies[action].rows = 0
            self._retries += 1

    def was_denied(self, action: str) -> bool:
        """Whether any call of `action` was refused."""
        return self._tallies[action].outcomes["denied"] > 0

    @property
    def calls(self) -> int:
        """Calls of any service, without repeats."""
        return sum(tally.calls for tally in self._tallies.values()) + self._others.total()

    @property
    def retries(self) -> int:
        """Requests sent again, by a library or by us."""
        return self._retries

    def coverage(self) -> tuple[ActionCoverage, ...]:
        """One row for every action there is, tried or not."""
        return tuple(self._row(action, tally) for action, tally in self._tallies.items())

    def _row(self, action: str, tally: _Tally) -> ActionCoverage:
        reason = tally.reasons.get(tally.outcome, _Reason())
        return ActionCoverage(
            action=action,
            outcome=tally.outcome,
            calls=tally.calls,
            rows=tally.rows,
            error_code=reason.code,
            message=reason.message,
            needed_for=self._needed_for[action],
            remedy=_only_some(tally) + (reason.remedy or self._remedy(action, tally.outcome)),
            principals_asked=len(tally.asked),
            principals_denied=len(tally.denied),
        )


def _only_some(tally: _Tally) -> str:
    """What a reader must know before the remedy of an action that was refused for some principals only."""
    asked, denied = len(tally.asked), len(tally.denied)
    return f"AWS refuses it for {denied:,} of {asked:,} principals only: " if 0 < denied < asked else ""
