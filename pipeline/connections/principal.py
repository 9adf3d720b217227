"""The AWS principal a role's trust policy must name for this program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.problems import ConfigurationError, Problem

PARTITION = r"(?P<partition>aws[a-z-]*)"
ACCOUNT = r"(?P<account_id>\d{12})"
ROLE_OR_USER = re.compile(
    rf"arn:{PARTITION}:iam::{ACCOUNT}:(?P<kind>role|user)(?P<path>/(?:[\x21-\x7e]+/)?)(?P<name>[\w+=,.@-]{{1,64}})",
    re.ASCII,
)
ASSUMED_ROLE = re.compile(
    rf"arn:{PARTITION}:sts::{ACCOUNT}:assumed-role/(?P<name>[\w+=,.@-]{{1,64}})/[\w+=,.@-]{{2,64}}", re.ASCII
)
OF_A_PERSON = "AWSReservedSSO_"
"""How the roles begin that IAM Identity Center makes for people."""


@dataclass(frozen=True)
class Principal:
    """Who may assume the role.

    `path_known` is False when the ARN was told from a session's, which leaves the role's path out.
    """

    arn: str
    partition: str
    account_id: str
    kind: Literal["role", "user"]
    name: str
    path_known: bool = True

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the person who connects should know before trusting it."""
        notes = []
        if not self.path_known:
            notes.append(
                f"the credentials are a session of role {self.name}, and a session does not tell the role's path; if"
                " the role has one, give --principal the role's whole ARN (AWS refuses a trust policy that names a role"
                " which does not exist)"
            )
        if self.name.startswith(OF_A_PERSON):
            notes.append(
                f"{self.name} is a person's Identity Center session: only people who sign in to it could sync;"
                " for nightly runs give --principal the role of the machine that runs them"
            )
        if self.kind == "user":
            notes.append(
                f"{self.name} is an IAM user with long-lived keys; a role of the machine that runs this is safer"
            )
        return tuple(notes)


def parse_principal(text: str) -> Principal:
    """The principal `text` stands for: a role's or user's ARN, or the ARN of a role's session.

    Raises ConfigurationError for anything broader or shorter-lived: a wildcard, an account, its root user, a federated
    user.
    """
    arn = text.strip()
    if "*" in arn:
        raise _refused(arn)
    if match := ROLE_OR_USER.fullmatch(arn):
        kind: Literal["role", "user"] = "role" if match["kind"] == "role" else "user"
        return Principal(arn, match["partition"], match["account_id"], kind, match["name"])
    if match := ASSUMED_ROLE.fullmatch(arn):
        role = f"arn:{match['partition']}:iam::{match['account_id']}:role/{match['name']}"
        return Principal(role, match["partition"], match["account_id"], "role", match["name"], path_known=False)
    raise _refused(arn)


def _refused(arn: str) -> ConfigurationError:
    return ConfigurationError(Problem.of("principal_refused", principal=arn, reason=_why_refused(arn)))


def _why_refused(arn: str) -> str:
    if "*" in arn:
        return "has a wildcard, and would let strangers in"
    if arn.endswith(":root") or re.fullmatch(r"\d{12}", arn):
        return "stands for everybody in that account"
    if ":federated-user/" in arn:
        return "is a federated user, which a trust policy cannot name for longer than its session"
    if not arn.startswith("arn:"):
        return "is not an ARN"
    return "is not the ARN of an IAM role or user"
