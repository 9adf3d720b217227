"""Parses IAM policies, and evaluates them against one request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
Belongs here: Effect, Action/NotAction, Resource/NotResource, wildcards, and explicit deny over allow. Conditions are
`conditions.py`'s, who may assume a role is `trust.py`'s, and which documents apply to a caller is `authorize.py`'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pipeline.demo.emulator.conditions import UnsupportedConditionError, holds, wildcard
from pipeline.demo.emulator.errors import ApiError

Verdict = Literal["allow", "deny", "none"]
"""`none` is AWS's implicit deny: nobody said yes."""


@dataclass(frozen=True)
class Statement:
    """One statement.

    `actions` and `resources` are whole-string patterns, inverted by `not_action` and `not_resource`.
    """

    effect: str
    actions: re.Pattern[str] | None
    not_action: bool
    resources: re.Pattern[str] | None
    not_resource: bool
    principal: Any
    conditions: Mapping[str, Any]

    def covers(self, action: str, resource: str) -> bool:
        """Whether action and resource are meant; a trust policy has no resource and covers any."""
        if self.actions is None or bool(self.actions.fullmatch(action.lower())) == self.not_action:
            return False
        return self.resources is None or bool(self.resources.fullmatch(resource)) != self.not_resource

    def applies(self, action: str, resource: str, context: Mapping[str, str]) -> bool:
        """`covers`, and the conditions hold. A condition this emulator cannot judge always errs on the side of no."""
        if not self.covers(action, resource):
            return False
        try:
            return holds(self.conditions, context)
        except UnsupportedConditionError:
            return self.effect == "Deny"


def judge(documents: Iterable[str], action: str, resource: str, context: Mapping[str, str]) -> Verdict:
    """What a set of policies that add up says to one request."""
    verdict: Verdict = "none"
    for document in documents:
        for statement in statements(document):
            if statement.applies(action, resource, context):
                if statement.effect == "Deny":
                    return "deny"
                verdict = "allow"
    return verdict


@lru_cache(maxsize=4096)
def statements(document: str) -> tuple[Statement, ...]:
    """Parse a document; raises MalformedPolicyDocument."""
    try:
        parsed = json.loads(document)
        found = parsed["Statement"]
        return tuple(_statement(one) for one in (found if isinstance(found, list) else [found]))
    except (ValueError, KeyError, TypeError) as fault:
        raise ApiError("MalformedPolicyDocument", f"Syntax errors in policy. ({fault})") from fault


def _statement(raw: Mapping[str, Any]) -> Statement:
    if raw["Effect"] not in ("Allow", "Deny"):
        raise ValueError(f"Effect {raw['Effect']}")
    not_action, not_resource = "NotAction" in raw, "NotResource" in raw
    return Statement(
        effect=raw["Effect"],
        actions=_patterns(raw.get("NotAction" if not_action else "Action"), fold=True),
        not_action=not_action,
        resources=_patterns(raw.get("NotResource" if not_resource else "Resource")),
        not_resource=not_resource,
        principal=raw.get("Principal"),
        conditions=raw.get("Condition") or {},
    )


def _patterns(raw: object, *, fold: bool = False) -> re.Pattern[str] | None:
    if raw is None:
        return None
    texts = [str(one) for one in raw] if isinstance(raw, list) else [str(raw)]
    return re.compile("|".join(wildcard(text.lower() if fold else text) for text in texts), re.DOTALL)
