"""Handles one request, in the order in which AWS would refuse it.

Who is calling, is the caller throttled, may it, and only then what it asked for; each answered call is logged.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.demo.emulator import read_account, read_other_credentials, read_policies, read_users
from pipeline.demo.emulator.authenticate import Keyring
from pipeline.demo.emulator.authorize import authorize, denied
from pipeline.demo.emulator.errors import ApiError, no_such_entity
from pipeline.demo.emulator.faults import Faults
from pipeline.demo.emulator.identity_center import IdentityCenter
from pipeline.demo.emulator.instants import Clock
from pipeline.demo.emulator.log import Call, CallLog, loggable
from pipeline.demo.emulator.principals import Principal
from pipeline.demo.emulator.read_identity_center import CENTER_READS, CenterReading
from pipeline.demo.emulator.reading import Reading, Reply
from pipeline.demo.emulator.request import ApiRequest
from pipeline.demo.emulator.resources import Resource, resource_of
from pipeline.demo.emulator.server import DROPPED
from pipeline.demo.emulator.state import REGIONS, AccountState
from pipeline.demo.emulator.sts import TokenService
from pipeline.demo.emulator.wire import knows, render, render_error
from pipeline.demo.emulator.wire_json import as_json, json_error
from pipeline.demo.emulator.writes import through_moto

READS: Mapping[str, Callable[[Reading], Reply]] = {
    "ListUsers": read_users.list_users,
    "GetUser": read_users.get_user,
    "ListGroupsForUser": read_users.list_groups_for_user,
    "ListAttachedUserPolicies": read_users.list_attached_user_policies,
    "ListUserPolicies": read_users.list_user_policies,
    "GetUserPolicy": read_users.get_user_policy,
    "ListUserTags": read_users.list_user_tags,
    "GetLoginProfile": read_users.get_login_profile,
    "ListAccessKeys": read_users.list_access_keys,
    "GetAccessKeyLastUsed": read_users.get_access_key_last_used,
    "ListMFADevices": read_users.list_mfa_devices,
    "ListVirtualMFADevices": read_users.list_virtual_mfa_devices,
    "ListSSHPublicKeys": read_other_credentials.list_ssh_public_keys,
    "ListSigningCertificates": read_other_credentials.list_signing_certificates,
    "ListServiceSpecificCredentials": read_other_credentials.list_service_specific_credentials,
    "ListGroups": read_policies.list_groups,
    "GetGroup": read_policies.get_group,
    "ListAttachedGroupPolicies": read_policies.list_attached_group_policies,
    "ListGroupPolicies": read_policies.list_group_policies,
    "GetGroupPolicy": read_policies.get_group_policy,
    "ListPolicies": read_policies.list_policies,
    "GetPolicy": read_policies.get_policy,
    "GetPolicyVersion": read_policies.get_policy_version,
    "ListPolicyVersions": read_policies.list_policy_versions,
    "ListRoles": read_policies.list_roles,
    "GetRole": read_policies.get_role,
    "ListAttachedRolePolicies": read_policies.list_attached_role_policies,
    "ListRolePolicies": read_policies.list_role_policies,
    "GetRolePolicy": read_policies.get_role_policy,
    "GetAccountAuthorizationDetails": read_account.get_account_authorization_details,
    "GenerateCredentialReport": read_account.generate_credential_report,
    "GetCredentialReport": read_account.get_credential_report,
    "GetAccountSummary": read_account.get_account_summary,
    "ListAccountAliases": read_account.list_account_aliases,
}


@dataclass
class _Answer:
    status: int
    body: bytes
    error_code: str = ""
    principal: Principal | None = None
    account: str = ""


class Front:
    """Answers requests; safe to be asked from many threads at once."""

    def __init__(
        self,
        keyring: Keyring,
        tokens: TokenService,
        find_account: Callable[[str, str], AccountState | None],
        centers: Mapping[str, IdentityCenter],
        faults: Faults,
        log: CallLog,
        clock: Clock,
    ) -> None:
        self._keyring, self._tokens, self._find_account = keyring, tokens, find_account
        self._centers = centers
        self._faults, self._log, self._clock = faults, log, clock

    def answer(self, request: ApiRequest) -> tuple[int, bytes, str]:
        """Status, body and request id."""
        if self._faults.delay:
            time.sleep(self._faults.delay)
        request_id = str(uuid.uuid4())
        answer = _Answer(200, b"")
        try:
            self._fill(answer, request, request_id)
        except ApiError as error:
            answer.status, answer.error_code = error.status, error.code
            in_json = bool(request.target_action)
            answer.body = json_error(error) if in_json else render_error(request.service, error, request_id)
        self._note(request, answer)
        return answer.status, answer.body, request_id

    def _fill(self, answer: _Answer, request: ApiRequest, request_id: str) -> None:
        service, action = request.service, request.action
        is_center = request.target_action and f"{service}:{action}" in CENTER_READS
        if not is_center and (service not in ("iam", "sts") or not knows(service, action)):
            raise ApiError("InvalidAction", f"Could not find operation {action} for service {service}", 400)
        answer.account = _account_in(request.params.get("RoleArn", ""))
        caller = answer.principal = self._keyring.caller(request)
        answer.account = answer.account or caller.account_id
        self._faults.strike(f"{service}:{action}", answer.account)
        if is_center:
            region = request.signed_by.region if request.signed_by else ""
            answer.body = as_json(self._center(caller, f"{service}:{action}", request.params, region))
        elif service == "sts":
            answer.body = render(service, action, self._sts(caller, action, request.params), request_id)
        else:
            self._iam(answer, caller, request, request_id)
        if self._faults.drops(f"{service}:{action}", answer.account):
            answer.status, answer.body, answer.error_code = DROPPED, b"", "dropped"
        elif self._faults.truncates(f"{service}:{action}", answer.account):
            answer.body = answer.body[: len(answer.body) // 2]

    def _sts(self, caller: Principal, action: str, params: Mapping[str, str]) -> Reply:
        if action == "GetCallerIdentity":
            return self._tokens.caller_identity(caller)
        if action == "AssumeRole":
            return self._tokens.assume_role(caller, params)
        raise ApiError("NotImplemented", f"The emulated AWS has no {action}", 501)

    def _iam(self, answer: _Answer, caller: Principal, request: ApiRequest, request_id: str) -> None:
        state = self._find_account(caller.account_id, caller.partition)
        if state is None:
            raise ApiError("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
        action = request.action
        with state.lock:
            self._permit(caller, action, request.params, state)
            if action not in READS:
                answer.body = through_moto(state, request, self._clock())
                return
            if self._faults.overlooks(name := request.params.get("UserName", "")):
                raise no_such_entity(f"The user with name {name} cannot be found.")
            reply = READS[action](Reading(state, action, request.params, self._clock(), self._faults))
            self._change(state, action, reply)
        answer.body = render("iam", action, reply, request_id)

    def _change(self, state: AccountState, action: str, reply: Reply) -> None:
        """What happens in the account right after this answer."""
        for key_id in self._faults.vanishing_keys(key["AccessKeyId"] for key in reply.get("AccessKeyMetadata", ())):
            state.remove_key(key_id)
        if reply.get("IsTruncated"):
            return
        for user in self._faults.vanishing(action, state.account_id):
            state.remove_user(user)
        names, are_new = self._faults.churning(action, state.account_id)
        for name in names:
            if are_new:
                state.backend.create_user(REGIONS[state.partition], name)
            else:
                state.remove_user(name)

    def _center(self, caller: Principal, action: str, params: Mapping[str, Any], region: str) -> Reply:
        """Identity Center and the organization, which both belong to one account of all."""
        state = self._find_account(caller.account_id, caller.partition)
        if state is None:
            raise ApiError("UnrecognizedClientException", "The security token included in the request is invalid.", 403)
        everything = Resource("*", "*")
        if (reason := self._faults.denial(action, state.account_id, "*")) is not None:
            raise denied(caller.arn, action, "*", reason)
        with state.lock:
            authorize(caller, action, everything, state)
            center = self._centers.get(state.account_id)
            if center is not None and center.key_arn:
                self._decrypt(center, caller, action, region, state)
            return CENTER_READS[action](CenterReading(center, action, params, self._faults))

    @staticmethod
    def _decrypt(center: IdentityCenter, caller: Principal, action: str, region: str, state: AccountState) -> None:
        """Identity Center decrypts in the caller's name, so that the caller must be allowed to use the key."""
        service = action.partition(":")[0]
        if service == "organizations" or action == "sso:ListInstances":
            return
        key = Resource(center.key_arn, center.key_arn)
        try:
            authorize(caller, "kms:Decrypt", key, state, center.encryption(service, region))
        except ApiError as error:
            error.reason = "KMS_ACCESS_DENIED" if service == "identitystore" else "KMS_AccessDeniedException"
            raise

    def _permit(self, caller: Principal, action: str, params: Mapping[str, str], state: AccountState) -> None:
        resource = resource_of(action, params, state)
        if (reason := self._faults.denial(f"iam:{action}", state.account_id, resource.arn)) is not None:
            raise denied(caller.arn, f"iam:{action}", resource.shown, reason)
        authorize(caller, f"iam:{action}", resource, state)

    def _note(self, request: ApiRequest, answer: _Answer) -> None:
        params = request.params
        self._log.add(
            Call(
                action=f"{request.service}:{request.action}",
                service=request.service,
                account=answer.account,
                principal=answer.principal.arn if answer.principal else "",
                at=self._clock(),
                status=answer.status,
                error_code=answer.error_code,
                session_name=params.get("RoleSessionName")
                or (answer.principal.session_name if answer.principal else ""),
                params=loggable(params),
                has_external_id="ExternalId" in params,
                session_policy=params.get("Policy", "") if request.service == "sts" else "",
            )
        )


def _account_in(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""
