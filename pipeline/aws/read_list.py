"""The read list of a directory kind: the API actions it may call, what each is needed for, and its session policy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.aws.denials import PLAIN, Denial
from pipeline.coverage import CoverageRecorder, Outcome

Tier = Literal["minimal", "recommended", "fallback"]
"""`minimal`: enough for a sync; `recommended`: far fewer calls, and evidence the minimal ones cannot give; `fallback`:
asked only where a recommended one was denied."""

IDENTITY = "sts:GetCallerIdentity"


@dataclass(frozen=True)
class ReadAction:
    """One action of the read list; `needed_for` completes the sentence "without it we do not know ..."."""

    name: str
    tier: Tier
    needed_for: str
    spared_by: str = ""
    """The action that makes this one unnecessary where it is allowed."""
    follows: str = ""
    """The action whose answer this one asks about: where that is denied, this one cannot be tried."""

    @property
    def operation(self) -> str:
        """The name botocore's model gives it."""
        return self.name.partition(":")[2]


@dataclass(frozen=True)
class ReadList:
    """What one directory kind may call, by the name of the action.

    `session_policy` is sent with every AssumeRole: the session can do what the role and this policy both allow (STS
    takes 2,048 characters at most). `services` maps an action's prefix to botocore's name of the service.
    `managed_policy` is AWS's own policy that allows all of it; empty: there is none.
    """

    actions: Mapping[str, ReadAction]
    session_policy: str
    services: Mapping[str, str]
    managed_policy: str = ""

    @property
    def operations(self) -> frozenset[str]:
        """What an assumed session may call."""
        return frozenset(self.actions) | {IDENTITY}

    @property
    def minimal(self) -> frozenset[str]:
        """The actions a sync cannot live without."""
        return frozenset(name for name, action in self.actions.items() if action.tier == "minimal")

    def needed_for(self, action: str) -> str:
        """What is not known without `action`."""
        return self.actions[action].needed_for

    def recorder(self) -> CoverageRecorder:
        """A record of one attempt, with a line for each action."""
        return CoverageRecorder({name: action.needed_for for name, action in self.actions.items()}, self.remedy)

    def remedy(self, action: str, outcome: Outcome, denial: Denial = PLAIN) -> str:
        """What to do about an action that was not answered."""
        if outcome == "denied":
            if denial.code:
                return denial.problem(connection="NAME", action=action, error_code="", needed_for="").remedy
            policy = self.managed_policy
            attach = f"attach {policy} to the role, or this statement" if policy else "allow the role this statement"
            return f"{attach}: {allowing_statement(action)}"
        if outcome == "throttled":
            return (
                "sync again later; AWS limited the rate of calls into this account, and other programs share that limit"
            )
        return "sync again; AWS did not give a whole answer" if outcome == "failed" else ""


def allowing_statement(action: str) -> str:
    """The policy statement that closes the gap `action` leaves, to be pasted."""
    return json.dumps({"Effect": "Allow", "Action": action, "Resource": "*"})
