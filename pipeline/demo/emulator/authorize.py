"""Authorizes a request by identity policies, permissions boundaries and session policies together.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
The messages are AWS's, because this project's own messages are read out of them. Service control policies are not
emulated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from moto.iam.models import Group, Role, User

from pipeline.demo.emulator.errors import ApiError, access_denied, invalid_token
from pipeline.demo.emulator.policy import judge
from pipeline.demo.emulator.principals import AssumedRoleSession, Principal
from pipeline.demo.emulator.resources import Resource
from pipeline.demo.emulator.state import AccountState, default_document


def authorize(
    caller: Principal,
    action: str,
    resource: Resource,
    home: AccountState,
    context: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Raise AccessDenied unless the caller may; `home` is the account the caller lives in.

    `context` holds condition keys of the request, in lower case.
    """
    reason = refusal(caller, action, resource, home, context)
    if reason:
        raise denied(caller.arn, action, resource.shown, reason)


def refusal(
    caller: Principal,
    action: str,
    resource: Resource,
    home: AccountState,
    context: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Why the caller may not, in AWS's words; empty when it may."""
    context = {"aws:principalarn": caller.arn, "aws:principalaccount": caller.account_id, **context}
    layers: list[tuple[str, Sequence[str]]] = [("identity-based", _identity_documents(caller, home))]
    if boundary := _boundary(caller, home):
        layers.append(("permissions boundary", [boundary]))
    if isinstance(caller, AssumedRoleSession) and caller.policies:
        layers.append(("session", caller.policies))
    return _refusal(layers, action, resource.arn, context)


def _refusal(layers: Sequence[tuple[str, Sequence[str]]], action: str, arn: str, context: Mapping[str, str]) -> str:
    """Every layer must allow and none may deny; a deny anywhere is named before a missing allow."""
    verdicts = [(kind, judge(documents, action, arn, context)) for kind, documents in layers]
    for kind, verdict in verdicts:
        if verdict == "deny":
            return f"with an explicit deny in {_a(kind)}"
    for kind, verdict in verdicts:
        if verdict == "none":
            return f"because no {_name(kind)} allows the {action} action"
    return ""


def denied(caller_arn: str, action: str, shown: str, reason: str = "") -> ApiError:
    """AWS's sentence for it; STS leaves the reason out when the trust policy is what refused."""
    sentence = f"User: {caller_arn} is not authorized to perform: {action} on resource: {shown}"
    return access_denied(f"{sentence} {reason}" if reason else sentence)


def _name(kind: str) -> str:
    return kind if kind == "permissions boundary" else f"{kind} policy"


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {_name(kind)}"


def _identity_documents(caller: Principal, home: AccountState) -> list[str]:
    if isinstance(caller, AssumedRoleSession):
        return _documents(_role(caller, home))
    user = home.backend.users.get(caller.user_name)
    if user is None:
        raise invalid_token()
    groups = [document for group in home.groups_of(user) for document in _documents(group)]
    return [*_documents(user), *groups]


def _documents(holder: User | Group | Role) -> list[str]:
    return [*holder.policies.values(), *(default_document(policy) for policy in holder.managed_policies.values())]


def _boundary(caller: Principal, home: AccountState) -> str | None:
    if isinstance(caller, AssumedRoleSession):
        arn = _role(caller, home).permissions_boundary_arn
    else:
        arn = home.facts(home.user(caller.user_name)).boundary_arn
    policy = home.backend.managed_policies.get(arn) if arn else None
    return default_document(policy) if policy else None


def _role(caller: AssumedRoleSession, home: AccountState) -> Role:
    role: Role | None = home.backend.roles.get(caller.role_id)
    if role is None:
        raise invalid_token()
    return role
