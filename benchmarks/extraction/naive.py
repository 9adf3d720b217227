"""The way scripts and scanners commonly read IAM: a loop over the users, with a handful of calls for each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from benchmarks.extraction.accounts import EXTERNAL_ID


@dataclass(frozen=True)
class Loop:
    """How many of how many users were looped over, and the seconds that took; `rest_seconds` is for everything else."""

    users: int
    of_users: int
    user_seconds: float
    rest_seconds: float

    def scaled(self, per_user: float, rest: float) -> float:
        """A cost for all users, from what it was for those looped over."""
        return rest + per_user * self.of_users / max(self.users, 1)

    @property
    def seconds(self) -> float:
        """For all users."""
        return self.scaled(self.user_seconds, self.rest_seconds)


def loop(role_arn: str, most_users: int) -> Loop:
    """Read an account, but only the first `most_users` users one by one."""
    began = time.perf_counter()
    iam = _client(role_arn)
    users = [user for page in iam.get_paginator("list_users").paginate() for user in page["Users"]]
    for group in [group for page in iam.get_paginator("list_groups").paginate() for group in page["Groups"]]:
        iam.list_attached_group_policies(GroupName=group["GroupName"])
        for name in iam.list_group_policies(GroupName=group["GroupName"])["PolicyNames"]:
            iam.get_group_policy(GroupName=group["GroupName"], PolicyName=name)
    for page in iam.get_paginator("list_policies").paginate(OnlyAttached=True):
        for policy in page["Policies"]:
            iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])
    rest = time.perf_counter() - began
    began = time.perf_counter()
    for user in users[:most_users]:
        _user(iam, user["UserName"])
    return Loop(min(most_users, len(users)), len(users), time.perf_counter() - began, rest)


def _client(role_arn: str) -> Any:
    assumed = boto3.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="naive", ExternalId=EXTERNAL_ID)
    credentials = assumed["Credentials"]
    return boto3.client(
        "iam",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


def _user(iam: Any, name: str) -> None:
    try:
        iam.get_login_profile(UserName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    iam.list_mfa_devices(UserName=name)
    iam.list_user_tags(UserName=name)
    iam.list_groups_for_user(UserName=name)
    iam.list_attached_user_policies(UserName=name)
    for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.get_user_policy(UserName=name, PolicyName=policy)
