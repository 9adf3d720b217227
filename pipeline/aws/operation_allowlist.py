"""The last line before the network: a read client cannot send anything that is not on the read list.

Belongs here: the event hooks that refuse a call before its parameters are even looked at (presigned URLs included).
Does not belong here: the session policy that makes AWS refuse the same thing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from botocore.hooks import BaseEventHooks
from botocore.model import OperationModel

from pipeline.directories.aws_iam.actions import READ_ACTIONS, READ_ONLY_SESSION_POLICY
from pipeline.directories.aws_identity_center.actions import CENTER_SESSION_POLICY
from pipeline.problems import Problem, Refused

READS = frozenset(READ_ACTIONS) | {"sts:GetCallerIdentity"}
"""What an assumed session may do."""

ASSUMES = frozenset({"sts:AssumeRole", "sts:GetCallerIdentity"})
"""What the connector's own credentials may do: nothing but becoming somebody narrower."""


SESSION_POLICIES = frozenset({READ_ONLY_SESSION_POLICY, CENTER_SESSION_POLICY})
"""One of these narrows each session: made of a read list, all of them."""


class NotOnReadList(Refused):
    """A bug of ours, stopped: a reader tried a call no reader may make."""


def allow_only(events: BaseEventHooks, allowed: Collection[str]) -> None:
    """Refuse each operation that is not in `allowed`, and an AssumeRole without a read-only session policy.

    `events` are a client's, or a session's for every client it makes from then on. Raises NotOnReadList out of the
    call.
    """

    def refuse(params: Mapping[str, Any], model: OperationModel, **_: object) -> None:
        action = f"{model.service_model.signing_name}:{model.name}"
        if action not in allowed:
            raise NotOnReadList(Problem.of("not_on_read_list", action=action))
        if action == "sts:AssumeRole" and params.get("Policy") not in SESSION_POLICIES:
            raise NotOnReadList(Problem.of("not_on_read_list", action=f"{action} without a read-only session policy"))

    events.register_first("provide-client-params", refuse)
