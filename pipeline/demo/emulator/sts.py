"""STS: AssumeRole as AWS decides it, and GetCallerIdentity.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from moto.iam.models import Role

from pipeline.demo.emulator.authenticate import Keyring
from pipeline.demo.emulator.authorize import denied, refusal
from pipeline.demo.emulator.errors import ApiError, invalid
from pipeline.demo.emulator.instants import Clock
from pipeline.demo.emulator.policy import statements
from pipeline.demo.emulator.principals import AssumedRoleSession, Principal
from pipeline.demo.emulator.reading import Reply
from pipeline.demo.emulator.resources import Resource
from pipeline.demo.emulator.state import AccountState, default_document
from pipeline.demo.emulator.trust import trust_context, trusts
from pipeline.demo.emulator.wire import values

_ROLE_ARN = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/[\x21-\x7e]+")
_SESSION_NAME, _EXTERNAL_ID = re.compile(r"[\w+=,.@-]{2,64}"), re.compile(r"[\w+=,.@:/-]{2,1224}")
_SHORTEST, _DEFAULT, _CHAINED = 900, 3600, 3600
_POLICY_CHARACTERS = 2048


@dataclass(frozen=True)
class TokenService:
    """STS over all accounts; `find_account` gives the account of an id and partition, or None."""

    keyring: Keyring
    find_account: Callable[[str, str], AccountState | None]
    organization_id: str
    session_clock: Clock

    def caller_identity(self, caller: Principal) -> Reply:
        """GetCallerIdentity; needs no permission."""
        return {"UserId": caller.user_id, "Account": caller.account_id, "Arn": caller.arn}

    def assume_role(self, caller: Principal, params: Mapping[str, str]) -> Reply:
        """AssumeRole; the reason for a refusal is the same whether the role is missing or does not trust the caller."""
        arn, session_name = _role_arn(params), _session_name(params)
        role, account = self._role(arn)
        self._check_trust(caller, arn, role, params)
        if role is None or account is None:
            raise denied(caller.arn, "sts:AssumeRole", arn)
        seconds = _duration(
            params, int(role.max_session_duration or _DEFAULT), chained=isinstance(caller, AssumedRoleSession)
        )
        session = AssumedRoleSession(
            account_id=account.account_id,
            partition=account.partition,
            role_name=role.name,
            role_id=role.id,
            role_arn=role.arn,
            session_name=session_name,
            access_key_id="ASIA" + secrets.token_hex(8).upper(),
            secret=secrets.token_urlsafe(30),
            token=secrets.token_urlsafe(120),
            expires_at=self.session_clock() + timedelta(seconds=seconds),
            policies=_session_policies(params, account),
        )
        self.keyring.add(session)
        return _credentials(session)

    def _role(self, arn: str) -> tuple[Role | None, AccountState | None]:
        found = _ROLE_ARN.fullmatch(arn)
        account = self.find_account(found.group(2), found.group(1)) if found else None
        return (account.role_by_arn(arn) if account else None), account

    def _check_trust(self, caller: Principal, arn: str, role: Role | None, params: Mapping[str, str]) -> None:
        home = self.find_account(caller.account_id, caller.partition)
        if home is None or role is None:
            raise denied(caller.arn, "sts:AssumeRole", arn)
        organization = self.organization_id if home.in_organization else None
        context = trust_context(caller, organization, params["RoleSessionName"], params.get("ExternalId"))
        trust = trusts(role.assume_role_policy_document, caller, context)
        reason = refusal(caller, "sts:AssumeRole", Resource(arn, arn), home)
        # Within one account a role that names the caller itself needs no policy of the caller's to say so too.
        needs_no_policy = (
            trust == "principal" and role.account_id == caller.account_id and "explicit deny" not in reason
        )
        if trust in ("no", "denied") or (reason and not needs_no_policy):
            raise denied(caller.arn, "sts:AssumeRole", arn)


def _role_arn(params: Mapping[str, str]) -> str:
    arn = params.get("RoleArn", "")
    if not 20 <= len(arn) <= 2048:
        raise invalid(arn, "roleArn", "Member must have length between 20 and 2048")
    if _ROLE_ARN.fullmatch(arn) is None:
        raise ApiError("ValidationError", f"{arn} is invalid")
    return arn


def _session_name(params: Mapping[str, str]) -> str:
    name, external_id = params.get("RoleSessionName", ""), params.get("ExternalId")
    if _SESSION_NAME.fullmatch(name) is None:
        raise invalid(name, "roleSessionName", r"Member must satisfy regular expression pattern: [\w+=,.@-]*")
    if external_id is not None and _EXTERNAL_ID.fullmatch(external_id) is None:
        raise invalid(external_id, "externalId", r"Member must satisfy regular expression pattern: [\w+=,.@:\/-]*")
    return name


def _duration(params: Mapping[str, str], most: int, *, chained: bool) -> int:
    seconds = int(params.get("DurationSeconds", _DEFAULT))
    if seconds < _SHORTEST:
        raise invalid(seconds, "durationSeconds", f"Member must have value greater than or equal to {_SHORTEST}")
    if chained and seconds > _CHAINED:
        raise ApiError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        )
    if seconds > most:
        raise ApiError(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    return seconds


def _session_policies(params: Mapping[str, str], account: AccountState) -> tuple[str, ...]:
    inline = params.get("Policy")
    found = []
    if inline is not None:
        if len(inline) > _POLICY_CHARACTERS:
            raise invalid(inline, "policy", f"Member must have length less than or equal to {_POLICY_CHARACTERS}")
        statements(inline)
        found.append(json.dumps(json.loads(inline)))
    arns = [value for i in range(1, 11) if (value := params.get(f"PolicyArns.member.{i}.arn"))] or values(
        params, "PolicyArns"
    )
    return (*found, *(default_document(account.policy(arn)) for arn in arns))


def _credentials(session: AssumedRoleSession) -> Reply:
    return {
        "Credentials": {
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": session.secret,
            "SessionToken": session.token,
            "Expiration": session.expires_at,
        },
        "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn},
        "PackedPolicySize": min(100, sum(len(policy) for policy in session.policies) * 100 // _POLICY_CHARACTERS)
        if session.policies
        else None,
    }
