"""Evaluates a role's trust policy the way STS does.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
moto looks the role up in the caller's account only and lets everybody else through; the confused-deputy protection
this project relies on (principal and external ID) is therefore judged here, for the same account and across accounts
alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

from pipeline.demo.emulator.policy import statements
from pipeline.demo.emulator.principals import AssumedRoleSession, Principal

Trust = Literal["no", "denied", "account", "principal"]
"""`principal`: named itself.

`account`: its account is trusted and may delegate; `denied`: an explicit Deny; `no`: not mentioned.
"""


def trusts(document: str, caller: Principal, context: Mapping[str, str]) -> Trust:
    """What a trust policy says to one caller; `context` has lower-case keys (`sts:externalid`, ...)."""
    answer: Trust = "no"
    for statement in statements(document):
        named = _named(statement.principal, caller)
        if named == "no" or not statement.applies("sts:AssumeRole", "", context):
            continue
        if statement.effect == "Deny":
            return "denied"
        if answer != "principal":
            answer = named
    return answer


def trust_context(
    caller: Principal, organization_id: str | None, session_name: str, external_id: str | None
) -> dict[str, str]:
    """The condition keys STS has about one AssumeRole.

    An absent one is left out, which most operators take as no match.
    """
    context = {
        "aws:principalarn": caller.role_arn if isinstance(caller, AssumedRoleSession) else caller.arn,
        "aws:principalaccount": caller.account_id,
        "sts:rolesessionname": session_name,
    }
    if organization_id is not None:
        context["aws:principalorgid"] = organization_id
    if external_id is not None:
        context["sts:externalid"] = external_id
    return context


def _named(principal: Any, caller: Principal) -> Trust:
    if principal == "*":
        return "principal"
    if not isinstance(principal, Mapping):
        return "no"
    named = principal.get("AWS", [])
    answers = {_one(str(one), caller) for one in (named if isinstance(named, list) else [named])}
    if "principal" in answers:
        return "principal"
    return "account" if "account" in answers else "no"


def _one(named: str, caller: Principal) -> Trust:
    """A principal is a whole ARN, an account or everybody; AWS allows no partial wildcards here."""
    if named == "*" or named in _arns(caller):
        return "principal"
    account = re.fullmatch(r"(?:arn:aws[a-z-]*:iam::)?(\d{12})(?::root)?", named)
    return "account" if account is not None and account.group(1) == caller.account_id else "no"


def _arns(caller: Principal) -> set[str]:
    """Everything a caller is called by.

    The hub has one identity in every partition, where real AWS needs one credential for each.
    """
    own = {caller.arn, caller.role_arn} if isinstance(caller, AssumedRoleSession) else {caller.arn}
    return own | {re.sub(r"^arn:aws[a-z-]*:", f"arn:{partition}:", arn) for arn in own for partition in _PARTITIONS}


_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")
