"""Tests a connection before it is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pipeline.connections.models import Connection
from pipeline.directories.base import Directory
from pipeline.problems import CertifyError, Problem
from pipeline.progress import Step
from pipeline.read_limits import ReadBudget, ReadLimits, within

LIMITS = ReadLimits(seconds=300)
"""A test reads samples: every step together takes seconds."""


@dataclass(frozen=True)
class ConnectionTestResult:
    """A connection that was tried. `passed` when no step failed that the connection cannot do without."""

    connection: Connection
    steps: tuple[Step, ...]

    @property
    def failures(self) -> list[Step]:
        return [step for step in self.steps if step.required and step.outcome == "failed"]

    @property
    def passed(self) -> bool:
        return bool(self.steps) and not self.failures

    @property
    def unguarded(self) -> list[Step]:
        """The step that showed that the role does not ask for the external ID: readable, but by others too."""
        return [step for step in self.steps if step.problem and step.problem.code == "external_id_not_enforced"]

    @property
    def undecided(self) -> list[Step]:
        """The step that could not show whether the role asks for the external ID, because AWS did not say."""
        return [step for step in self.steps if step.problem and step.problem.code == "external_id_unproven"]

    @property
    def worth_saving(self) -> bool:
        """Whether a new connection may be kept: it can be read, and it is proven that others cannot read through it."""
        return self.passed and not self.unguarded and not self.undecided

    @property
    def worth_saving_unproven(self) -> bool:
        """Whether all that keeps it from being worth saving is an answer that AWS did not give."""
        return self.passed and not self.unguarded and bool(self.undecided)

    @property
    def problems(self) -> list[Problem]:
        """What to fix, in the order it was found."""
        return [step.problem for step in (*self.failures, *self.unguarded, *self.undecided) if step.problem]


def quiet(step: Step) -> None:
    """For whoever does not want to watch."""


def test(connection: Connection, directory: Directory, on_step: Callable[[Step], None] = quiet) -> ConnectionTestResult:
    """Take every step of the kind's own test, telling `on_step` of each as it ends."""
    steps = []
    try:
        with within(ReadBudget(LIMITS, connection.name)):
            for step in directory.test(connection):
                steps.append(step)
                on_step(step)
    except CertifyError as error:
        step = Step(
            "connection", "failed", detail=error.problem.message, fix=error.problem.remedy, problem=error.problem
        )
        steps.append(step)
        on_step(step)
    return ConnectionTestResult(connection, tuple(steps))


def test_many(
    connections: Sequence[Connection],
    directory: Directory,
    *,
    at_once: int,
    on_done: Callable[[ConnectionTestResult], None],
) -> list[ConnectionTestResult]:
    """Test side by side, `at_once` at a time; in the order given. One that fails does not stop the others."""

    def one(connection: Connection) -> ConnectionTestResult:
        tested = test(connection, directory)
        on_done(tested)
        return tested

    with ThreadPoolExecutor(max_workers=max(1, at_once)) as pool:
        return list(pool.map(one, connections))
