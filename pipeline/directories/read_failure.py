"""A read of a directory that is not AWS, without an answer; and the remedies of such reads."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.coverage import CoverageRecorder, Outcome
from pipeline.problems import Problem

REMEDIES: Mapping[Outcome, str] = {
    "denied": "let the account that reads do this",
    "throttled": "sync again later; the directory limited the rate of requests",
    "failed": "sync again; the directory did not give a whole answer",
}


def recorder(needed_for: Mapping[str, str]) -> CoverageRecorder:
    """A record of one attempt; `needed_for` lists the actions there are, and what is lost without each."""
    return CoverageRecorder(needed_for, lambda _, outcome: REMEDIES.get(outcome, ""))


class DirectoryReadError(Exception):
    """A read did not give an answer; what it would have said is unknown. `is_cut_short`: a limit of the server's."""

    def __init__(self, action: str, outcome: Outcome, code: str, message: str, *, is_cut_short: bool = False) -> None:
        super().__init__(f"{action} {outcome} {code}")
        self.action, self.outcome, self.code, self.message = action, outcome, code, message
        self.is_cut_short = is_cut_short

    @property
    def gap(self) -> str:
        """`ldap:SearchGroups denied`."""
        return f"{self.action} {self.outcome}"

    def record(self, coverage: CoverageRecorder) -> None:
        """Add this failure to the coverage of its attempt."""
        coverage.record(self.action, self.outcome, code=self.code, message=self.message)

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
