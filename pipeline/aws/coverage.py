"""How every action of the read list went: the evidence of what was seen and what was not.

Belongs here: counting calls, rows and outcomes, and wording the remedy.
Does not belong here: deciding what a gap does to a table (the readers write `*_gap` row by row).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from pipeline.aws.denials import PLAIN, Denial
from pipeline.directories.aws_iam.actions import READ_ACTIONS, ReadAction, allowing_statement
from pipeline.directories.base import ActionCoverage, Outcome

WORST_LAST: tuple[Outcome, ...] = ("not_tried", "ok", "throttled", "failed", "denied")
UNTRIED: Outcome = "not_tried"


@dataclass
class _Tally:
    """`outcomes` counts calls by how they went; `reasons` keeps one error of each, whichever thread came first."""

    calls: int = 0
    rows: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    reasons: dict[Outcome, tuple[str, str, Denial]] = field(default_factory=dict)
    asked: set[Hashable] = field(default_factory=set)
    denied: set[Hashable] = field(default_factory=set)

    @property
    def outcome(self) -> Outcome:
        return max((each for each, times in self.outcomes.items() if times > 0), key=WORST_LAST.index, default=UNTRIED)


class CoverageRecorder:
    """Every call goes through here, from any thread; the worst outcome of an action wins.

    `actions` is the read list, and `policy` the AWS policy that allows all of it (empty: there is none).
    """

    def __init__(self, actions: Mapping[str, ReadAction] = READ_ACTIONS, *, policy: str = "IAMReadOnlyAccess") -> None:
        self._lock = threading.Lock()
        self._actions, self._policy = actions, policy
        self._tallies = {name: _Tally() for name in actions}
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
        denial: Denial = PLAIN,
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
            reason = (code, message, denial)
            tally.reasons[outcome] = min(tally.reasons.get(outcome, reason), reason, key=lambda each: each[:2])

    def asked(self, action: str, principal: Hashable, *, denied: bool) -> None:
        """`action` was asked about one principal, and maybe refused for it."""
        with self._lock:
            tally = self._tallies[action]
            tally.asked.add(principal)
            if denied:
                tally.denied.add(principal)

    def withdraw_denial(self, action: str, principal: Hashable) -> None:
        """One denial turned out to say that its subject is gone, not that a permission is missing."""
        with self._lock:
            tally = self._tallies[action]
            tally.outcomes["denied"] -= 1
            tally.outcomes["ok"] += 1
            tally.denied.discard(principal)

    def retried(self, times: int) -> None:
        """Add `times` requests that were sent again."""
        with self._lock:
            self._retries += times

    def was_denied(self, action: str) -> bool:
        """Whether any call of `action` was refused."""
        return self._tallies[action].outcomes["denied"] > 0

    @property
    def calls(self) -> int:
        """Calls of any service, without repeats."""
        return sum(tally.calls for tally in self._tallies.values()) + self._others.total()

    @property
    def retries(self) -> int:
        """Requests sent again, by botocore or by us."""
        return self._retries

    def coverage(self) -> list[ActionCoverage]:
        """One row for every action of the read list, tried or not."""
        return [self._line(name, tally) for name, tally in self._tallies.items()]

    def _line(self, name: str, tally: _Tally) -> ActionCoverage:
        unknown = ("", "", PLAIN)
        code, message, denial = unknown if tally.outcome == UNTRIED else tally.reasons.get(tally.outcome, unknown)
        return ActionCoverage(
            action=name,
            outcome=tally.outcome,
            calls=tally.calls,
            rows=tally.rows,
            error_code=code,
            message=message,
            needed_for=self._actions[name].needed_for,
            remedy=_only_some(tally) + _remedy(name, tally.outcome, self._policy, denial),
            principals_asked=len(tally.asked),
            principals_denied=len(tally.denied),
        )


def _only_some(tally: _Tally) -> str:
    """What a reader must know before the remedy of an action that was refused for some principals only."""
    asked, denied = len(tally.asked), len(tally.denied)
    return f"AWS refuses it for {denied:,} of {asked:,} principals only: " if 0 < denied < asked else ""


def _remedy(action: str, outcome: Outcome, policy: str, denial: Denial) -> str:
    if outcome == "denied":
        if denial.code:
            return denial.problem(connection="NAME", action=action, error_code="", needed_for="").remedy
        attach = f"attach {policy} to the role, or this statement" if policy else "allow the role this statement"
        return f"{attach}: {allowing_statement(action)}"
    if outcome == "throttled":
        return "sync again later; AWS limited the rate of calls into this account, and other programs share that limit"
    if outcome == "failed":
        return "sync again; AWS did not give a whole answer"
    return ""
