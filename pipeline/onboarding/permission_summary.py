"""Summarises a role test: how much of the read list is allowed, and what stays unknown without the rest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.onboarding.role_artifacts import ROLE_KINDS
from pipeline.progress import Step

ACTIONS = {name: action for kind in ROLE_KINDS.values() for name, action in kind.actions.items()}
DENIED = ("read_denied", "center_read_denied", "center_key_denied")
BY_STATEMENT = {"read_denied", "center_read_denied"}
"""What a policy statement closes; of the other denials each has a fix of its own."""


@dataclass(frozen=True)
class PermissionSummary:
    """`allowed` of the `asked` actions; `denied` are the names of those AWS refused, in the order they were tried.

    `unneeded` counts actions that are denied and make no difference; they are not among the `asked`.
    """

    allowed: int
    asked: int
    denied: tuple[str, ...]
    unneeded: int = 0
    overruled: frozenset[str] = frozenset()
    """Those of the denied that no statement would allow: a Deny, a boundary or the organization refuses them."""

    @property
    def hidden(self) -> list[str]:
        """What is not judged because of it."""
        return list(dict.fromkeys(ACTIONS[name].needed_for for name in self._closed if name in ACTIONS))

    @property
    def statement(self) -> str:
        """The policy statement that closes the gap, to be pasted; empty when there is none.

        An action that another one of them makes unnecessary is left out: the smallest statement is the best one.
        """
        spared = {name for name in self.denied if name in ACTIONS and ACTIONS[name].spared_by in self.denied}
        wanted = sorted(set(self._closed) - spared - self.overruled)
        return json.dumps({"Effect": "Allow", "Action": wanted, "Resource": "*"}) if wanted else ""

    @property
    def _closed(self) -> list[str]:
        """The denied ones, and those that could not be tried because of it."""
        closed = list(self.denied)
        for name in closed:
            closed += [each.name for each in ACTIONS.values() if each.follows == name and each.name not in closed]
        return closed

    @property
    def words(self) -> str:
        """`20 of 21 actions allowed; not judged because of it: ...`; empty for a directory without such actions."""
        if not self.asked:
            return ""
        counted = f"{self.allowed} of {self.asked} actions allowed"
        return f"{counted}; not judged because of it: {'; '.join(self.hidden)}" if self.hidden else counted


def permission_summary(steps: Sequence[Step]) -> PermissionSummary:
    """Of the steps that tried an API action (their names are the actions'); one that was not tried does not count."""
    tried = [step for step in steps if ":" in step.name and step.outcome != "not_tried"]
    asked = [step for step in tried if not step.unneeded]
    problems = [step.problem for step in asked if step.problem and step.problem.code.startswith(DENIED)]
    return PermissionSummary(
        allowed=sum(step.outcome == "ok" for step in asked),
        asked=len(asked),
        denied=tuple(problem.action for problem in problems),
        unneeded=len(tried) - len(asked),
        overruled=frozenset(problem.action for problem in problems if problem.code not in BY_STATEMENT),
    )
