"""How every action of the read list went: the evidence of what was seen and what was not.

Belongs here: counting calls, rows and outcomes, and wording the remedy.
Does not belong here: deciding what a gap does to a table (the readers write `*_gap` row by row).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.directories.aws_iam.actions import MINIMAL, READ_ACTIONS, ReadAction, allowing_statement
from pipeline.directories.base import ActionCoverage, Outcome

WORST_LAST: tuple[Outcome, ...] = ("not_tried", "ok", "throttled", "failed", "denied")


@dataclass
class _Tally:
    outcome: Outcome = "not_tried"
    calls: int = 0
    rows: int = 0
    error_code: str = ""
    message: str = ""


class Recorder:
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
        self, action: str, outcome: Outcome, *, calls: int = 1, rows: int = 0, code: str = "", message: str = ""
    ) -> None:
        """Add one call of `action`; `rows` counts what it returned."""
        with self._lock:
            if action not in self._tallies:
                self._others[action] += calls
                return
            tally = self._tallies[action]
            tally.calls += calls
            tally.rows += rows
            if WORST_LAST.index(outcome) > WORST_LAST.index(tally.outcome):
                tally.outcome, tally.error_code, tally.message = outcome, code, message

    def retried(self, times: int) -> None:
        """Add `times` requests that were sent again."""
        with self._lock:
            self._retries += times

    def is_closed(self, action: str) -> bool:
        """Whether asking again is pointless: an action outside the minimal nine was denied once.

        The nine are asked for every principal, because a least-privilege policy may name resources.
        """
        return action not in MINIMAL and self._tallies[action].outcome == "denied"

    def refusal(self, action: str) -> tuple[str, str]:
        """Error code and message of the worst outcome so far."""
        tally = self._tallies[action]
        return tally.error_code, tally.message

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
        return [
            ActionCoverage(
                action=name,
                outcome=tally.outcome,
                calls=tally.calls,
                rows=tally.rows,
                error_code=tally.error_code,
                message=tally.message,
                needed_for=self._actions[name].needed_for,
                remedy=_remedy(name, tally.outcome, self._policy),
            )
            for name, tally in self._tallies.items()
        ]


def _remedy(action: str, outcome: Outcome, policy: str) -> str:
    if outcome == "denied":
        attach = f"attach {policy} to the role, or this statement" if policy else "allow the role this statement"
        return f"{attach}: {allowing_statement(action)}"
    if outcome == "throttled":
        return "sync again later; AWS limited the rate of calls into this account, and other programs share that limit"
    if outcome == "failed":
        return "sync again; AWS did not give a whole answer"
    return ""
