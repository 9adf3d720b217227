"""How each read of a directory went, for the kinds that are asked over a network and are not AWS.

Belongs here: counting calls, rows and outcomes, and the error of a read that gave no answer.
Does not belong here: what a gap does to a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.directories.base import ActionCoverage, Outcome
from pipeline.problems import Problem

WORST_LAST: tuple[Outcome, ...] = ("not_tried", "ok", "throttled", "failed", "denied")
REMEDIES: Mapping[Outcome, str] = {
    "denied": "let the account that reads do this",
    "throttled": "sync again later; the directory limited the rate of requests",
    "failed": "sync again; the directory did not give a whole answer",
}


class ReadFailedError(Exception):
    """A read did not give an answer; what it would have said is unknown. `is_cut_short`: a limit of the server's."""

    def __init__(self, action: str, outcome: Outcome, code: str, message: str, *, is_cut_short: bool = False) -> None:
        super().__init__(f"{action} {outcome} {code}")
        self.action, self.outcome, self.code, self.message = action, outcome, code, message
        self.is_cut_short = is_cut_short

    @property
    def gap(self) -> str:
        """`ldap:SearchGroups denied`."""
        return f"{self.action} {self.outcome}"

    def problem(self, connection: str, place: str, needed_for: str) -> Problem:
        """Why a read nothing works without did not succeed."""
        code = {"denied": "directory_read_denied", "throttled": "directory_throttled"}.get(
            self.outcome, "directory_cut_short" if self.is_cut_short else "directory_read_failed"
        )
        return Problem.of(
            code,
            connection=connection,
            action=self.action,
            error_code=self.code,
            place=place,
            detail=self.message,
            needed_for=needed_for,
        )


@dataclass
class _Tally:
    outcome: Outcome = "not_tried"
    calls: int = 0
    rows: int = 0
    error_code: str = ""
    message: str = ""


class CoverageRecorder:
    """The record of one attempt; `needed_for` lists the actions there are, and what is lost without each."""

    def __init__(self, needed_for: Mapping[str, str]) -> None:
        self.needed_for = needed_for
        self._tallies = {action: _Tally() for action in needed_for}
        self.retries = 0

    def answered(self, action: str, rows: int = 0) -> None:
        """One call of `action` was answered."""
        self._add(action, "ok", calls=1, rows=rows)

    def failed(self, failure: ReadFailedError) -> None:
        """The action gave no answer in the end."""
        self._add(failure.action, failure.outcome, calls=1, code=failure.code, message=failure.message)

    def begun_again(self, action: str) -> None:
        """What was read so far does not count; the calls do."""
        self._tallies[action].rows = 0
        self.retries += 1

    def _add(
        self, action: str, outcome: Outcome, *, calls: int, rows: int = 0, code: str = "", message: str = ""
    ) -> None:
        tally = self._tallies[action]
        tally.calls += calls
        tally.rows += rows
        if WORST_LAST.index(outcome) > WORST_LAST.index(tally.outcome):
            tally.outcome, tally.error_code, tally.message = outcome, code, message[:400]

    @property
    def calls(self) -> int:
        """Calls of all actions, without repeats."""
        return sum(tally.calls for tally in self._tallies.values())

    def coverage(self) -> tuple[ActionCoverage, ...]:
        """One row for every action, tried or not."""
        return tuple(
            ActionCoverage(
                action=action,
                outcome=tally.outcome,
                calls=tally.calls,
                rows=tally.rows,
                error_code=tally.error_code,
                message=tally.message,
                needed_for=self.needed_for[action],
                remedy=REMEDIES.get(tally.outcome, ""),
            )
            for action, tally in self._tallies.items()
        )
