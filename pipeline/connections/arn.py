"""The ARN of a role."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.problems import ConfigurationError, Problem

_ROLE = re.compile(r"arn:(aws[a-z-]*):iam::([0-9]{12}):role(/(?:[\x21-\x7e]{1,510}/)?)([\w+=,.@-]{1,64})", re.ASCII)
_MAX_LENGTH = 2048
_OTHER_RESOURCES = {
    "user/": "is the ARN of a user. a role is needed, because users have long-lived keys",
    "group/": "is the ARN of a group. copy the role's",
    "policy/": "is the ARN of a policy. copy the ARN of the role it is attached to",
    "instance-profile/": "is the ARN of an instance profile. copy the ARN of the role in it",
}


@dataclass(frozen=True)
class RoleArn:
    """`arn:PARTITION:iam::ACCOUNT:rolePATHNAME`; `path` starts and ends with a slash."""

    partition: str
    account_id: str
    path: str
    name: str

    @classmethod
    def parse(cls, text: str, *, connection: str = "") -> RoleArn:
        """The parts of `text`, blanks around it forgiven. Raises ConfigurationError `invalid_role_arn`."""
        reason = fault_of(text)
        if reason:
            problem = Problem.of("invalid_role_arn", connection=connection, role_arn=text.strip(), reason=reason)
            raise ConfigurationError(problem)
        match = _ROLE.fullmatch(text.strip())
        assert match is not None  # noqa: S101  (fault_of has checked it)
        return cls(*match.groups())

    def __str__(self) -> str:
        return f"arn:{self.partition}:iam::{self.account_id}:role{self.path}{self.name}"


def fault_of(text: str) -> str:
    """What is wrong with `text` as a role's ARN, and what to do; empty when nothing is."""
    text = text.strip()
    if len(text) <= _MAX_LENGTH and _ROLE.fullmatch(text):
        return ""
    if not text:
        return "is empty. copy it from IAM > Roles > the role > ARN"
    parts = text.split(":", 5)
    if parts[0] != "arn" or len(parts) < 6:
        return "is not an ARN. it must look like arn:aws:iam::111122223333:role/NAME"
    _, partition, service, region, account, resource = parts
    return _fault_of_parts(partition, service, region, account, resource)


def _fault_of_parts(partition: str, service: str, region: str, account: str, resource: str) -> str:
    if service == "sts" and resource.startswith("assumed-role/"):
        name = resource.split("/")[1]
        return (
            f"is the ARN of a session (assumed-role). use the role itself: arn:{partition}:iam::{account}:role/{name}"
        )
    if resource == "root":
        return "is the ARN of an account's root user. copy the ARN of a role in that account"
    for prefix, reason in _OTHER_RESOURCES.items():
        if resource.startswith(prefix):
            return reason
    if not re.fullmatch(r"aws[a-z-]*", partition):
        return "has an unknown partition. it must start with arn:aws:, arn:aws-us-gov: or arn:aws-cn:"
    if service != "iam" or region:
        return "is not IAM's. it must look like arn:aws:iam::111122223333:role/NAME, with two colons after iam"
    if not re.fullmatch(r"[0-9]{12}", account, re.ASCII):
        return f"has an account id of {len(account)} characters. it must have 12 digits"
    if not resource.startswith("role/"):
        return "does not name a role. it must end in role/NAME"
    return "has a role name that AWS does not allow. a name has 1 to 64 of A-Z a-z 0-9 + = , . @ _ -"
