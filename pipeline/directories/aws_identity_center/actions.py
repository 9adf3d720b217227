"""The Identity Center read list, and the session policy made of it."""

from __future__ import annotations

import json
from typing import Any

from pipeline.aws.read_list import ReadAction, ReadList

USERS, GROUPS, MEMBERS = (
    "identitystore:ListUsers",
    "identitystore:ListGroups",
    "identitystore:ListGroupMemberships",
)
INSTANCES, SETS, SET = "sso:ListInstances", "sso:ListPermissionSets", "sso:DescribePermissionSet"
PROVISIONED, ASSIGNMENTS = "sso:ListAccountsForProvisionedPermissionSet", "sso:ListAccountAssignments"
ACCOUNTS = "organizations:ListAccounts"

_REACH = "who reaches which account as what"

CENTER_ACTIONS: dict[str, ReadAction] = {
    action.name: action
    for action in (
        ReadAction(INSTANCES, "minimal", "which Identity Center there is; nothing can be read without it"),
        ReadAction(USERS, "minimal", "which users exist; nothing can be read without it"),
        ReadAction(GROUPS, "recommended", "which groups exist, and what is reached through them"),
        ReadAction(MEMBERS, "recommended", "who is in which group, and what is reached through groups", follows=GROUPS),
        ReadAction(SETS, "recommended", _REACH),
        ReadAction(PROVISIONED, "recommended", _REACH, follows=SETS),
        ReadAction(ASSIGNMENTS, "recommended", _REACH, follows=PROVISIONED),
        ReadAction(SET, "recommended", "the names of permission sets", follows=SETS),
        ReadAction(ACCOUNTS, "recommended", "the names of the accounts that are reached"),
    )
}

LISTED = {
    USERS: "Users",
    GROUPS: "Groups",
    MEMBERS: "GroupMemberships",
    INSTANCES: "Instances",
    SETS: "PermissionSets",
    SET: "PermissionSet",
    PROVISIONED: "AccountIds",
    ASSIGNMENTS: "AccountAssignments",
    ACCOUNTS: "Accounts",
}
"""What an answer must hold; half an answer in JSON is no error to botocore."""


def _decrypting(sid: str, service: str, context: str, arn: str) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {
            "StringLike": {"kms:ViaService": f"{service}.*.amazonaws.com"},
            "ArnLike": {f"kms:EncryptionContext:{context}": arn},
        },
    }


KEY_STATEMENTS: tuple[dict[str, Any], ...] = (
    _decrypting("DecryptThroughIdentityCenter", "sso", "aws:sso:instance-arn", "arn:*:sso:::instance/*"),
    _decrypting(
        "DecryptThroughIdentityStore",
        "identitystore",
        "aws:identitystore:identitystore-arn",
        "arn:*:identitystore::*:identitystore/*",
    ),
)
"""Needed where Identity Center is encrypted with a customer managed key: it decrypts in the caller's name. No other use
of any key is allowed, for AWS KMS sees through which service it was asked and for which instance.

As AWS' own managed policies word it; see "Baseline KMS key and IAM policy statements" in its user guide."""

CENTER_SESSION_POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": sorted(CENTER_ACTIONS), "Resource": "*"}, *KEY_STATEMENTS],
    },
    separators=(",", ":"),
)

READ_LIST = ReadList(
    CENTER_ACTIONS,
    CENTER_SESSION_POLICY,
    services={"identitystore": "identitystore", "sso": "sso-admin", "organizations": "organizations"},
)
