"""The IAM read list, and the session policy made of it."""

from __future__ import annotations

import json

from pipeline.aws.read_list import ReadAction, ReadList

_BULK, _REPORT = "iam:GetAccountAuthorizationDetails", "iam:GetCredentialReport"
_WITHOUT_BULK = f", where {_BULK} is denied"


def _by_name(*actions: ReadAction) -> dict[str, ReadAction]:
    return {action.name: action for action in actions}


READ_ACTIONS: dict[str, ReadAction] = _by_name(
    ReadAction("iam:ListUsers", "minimal", "which users exist; nothing can be read without it"),
    ReadAction("iam:GetUser", "minimal", "tags and permissions boundaries of users" + _WITHOUT_BULK),
    ReadAction("iam:ListGroups", "minimal", "which groups exist" + _WITHOUT_BULK),
    ReadAction("iam:GetGroup", "minimal", "who is in which group" + _WITHOUT_BULK),
    ReadAction("iam:ListGroupsForUser", "minimal", "who is in which group, where iam:GetGroup is denied too"),
    ReadAction("iam:ListAttachedUserPolicies", "minimal", "managed policies attached to users" + _WITHOUT_BULK),
    ReadAction("iam:ListUserPolicies", "minimal", "inline policies of users" + _WITHOUT_BULK),
    ReadAction(
        "iam:GetLoginProfile", "minimal", "who has a console password, where no fresh credential report can be had"
    ),
    ReadAction("iam:ListAccessKeys", "minimal", "which access keys exist, their ids, and whether they are active"),
    ReadAction(
        _BULK, "recommended", "users' groups, policies, tags and boundaries, in a few calls instead of several a user"
    ),
    ReadAction(
        "iam:GenerateCredentialReport",
        "recommended",
        "passwords, MFA, the use of keys and the root user, in one report instead of several calls a user",
    ),
    ReadAction(_REPORT, "recommended", "passwords, MFA, the use of keys and the root user, in one report"),
    ReadAction("iam:GetAccountSummary", "recommended", "whether the list of users is complete"),
    ReadAction(
        "iam:GetAccessKeyLastUsed", "recommended", "when a key was last used, where the credential report cannot tell"
    ),
    ReadAction(
        "iam:ListServiceSpecificCredentials",
        "recommended",
        "whether users without a password and an active access key hold a service-specific credential (CodeCommit,"
        " Keyspaces, Bedrock)",
    ),
    ReadAction(
        "iam:ListSSHPublicKeys",
        "recommended",
        "whether users without a password and an active access key hold an SSH public key (CodeCommit)",
    ),
    ReadAction("iam:ListAccountAliases", "recommended", "the account's name as people know it"),
    ReadAction("iam:GetUserPolicy", "fallback", "what users' inline policies allow" + _WITHOUT_BULK, _BULK),
    ReadAction(
        "iam:ListAttachedGroupPolicies", "fallback", "managed policies attached to groups" + _WITHOUT_BULK, _BULK
    ),
    ReadAction("iam:ListGroupPolicies", "fallback", "inline policies of groups" + _WITHOUT_BULK, _BULK),
    ReadAction("iam:GetGroupPolicy", "fallback", "what groups' inline policies allow" + _WITHOUT_BULK, _BULK),
    ReadAction("iam:GetPolicy", "fallback", "which version of a managed policy is in force" + _WITHOUT_BULK, _BULK),
    ReadAction("iam:GetPolicyVersion", "fallback", "what managed policies allow" + _WITHOUT_BULK, _BULK),
    ReadAction("iam:ListMFADevices", "fallback", "who has MFA, where the credential report is denied", _REPORT),
    ReadAction(
        "iam:ListSigningCertificates",
        "fallback",
        "whether users without a password and an active access key hold a signing certificate, where the credential"
        " report is denied",
        _REPORT,
    ),
)

MINIMAL = frozenset(name for name, action in READ_ACTIONS.items() if action.tier == "minimal")
"""The nine actions a sync can live with."""

RECOMMENDED = frozenset(name for name, action in READ_ACTIONS.items() if action.tier in ("minimal", "recommended"))
"""The policy to attach: nothing that is not read, at a few calls a sync, with every fact the findings need."""

READ_ONLY_SESSION_POLICY = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": sorted(READ_ACTIONS), "Resource": "*"}]},
    separators=(",", ":"),
)


READ_LIST = ReadList(
    READ_ACTIONS, READ_ONLY_SESSION_POLICY, services={"iam": "iam"}, managed_policy="IAMReadOnlyAccess"
)
