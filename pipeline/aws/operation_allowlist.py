"""Refuses in this process every AWS operation that is not on a read list, before its parameters are looked at.

The session policy makes AWS refuse the same; this stops a bug before the network, presigned URLs included.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from botocore.hooks import BaseEventHooks
from botocore.model import OperationModel

from pipeline.problems import Problem, Refused

ASSUMES = frozenset({"sts:AssumeRole", "sts:GetCallerIdentity"})
"""What the connector's own credentials may do: nothing but assume narrower roles."""

_READING = re.compile(r"[a-z-]+:(List|Get|Describe|GenerateCredentialReport)[A-Za-z]*|kms:Decrypt")


class NotOnReadList(Refused):
    """A bug of ours, stopped: a reader tried a call no reader may make."""


def is_read_only(policy: object) -> bool:
    """Whether a session policy allows nothing but single reading actions, and `kms:Decrypt` only on a condition."""
    if not isinstance(policy, str):
        return False
    statements = json.loads(policy)["Statement"]
    for statement in statements:
        named = statement.get("Action")
        actions = [named] if isinstance(named, str) else named or [""]
        if statement["Effect"] != "Allow" or "NotAction" in statement:
            return False
        if not all(_READING.fullmatch(action) for action in actions):
            return False
        if "kms:Decrypt" in actions and not statement.get("Condition"):
            return False
    return bool(statements)


def allow_only(events: BaseEventHooks, allowed: Collection[str]) -> None:
    """Refuse each operation that is not in `allowed`, and an AssumeRole without a read-only session policy.

    `events` are a client's, or a session's for every client it makes from then on. Raises NotOnReadList out of the
    call.
    """

    def refuse(params: Mapping[str, Any], model: OperationModel, **_: object) -> None:
        action = f"{model.service_model.signing_name}:{model.name}"
        if action not in allowed:
            raise NotOnReadList(Problem.of("not_on_read_list", action=action))
        if action == "sts:AssumeRole" and not is_read_only(params.get("Policy")):
            raise NotOnReadList(Problem.of("not_on_read_list", action=f"{action} without a read-only session policy"))

    events.register_first("provide-client-params", refuse)
