"""The principal of a request: a user with a long-lived key, or a role session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class UserPrincipal:
    """An IAM user calling with an access key of its own."""

    account_id: str
    partition: str
    user_name: str
    user_id: str
    arn: str
    access_key_id: str

    session_name: str = ""


@dataclass(frozen=True)
class AssumedRoleSession:
    """A session that AssumeRole gave out; `policies` are its inline and managed session policies."""

    account_id: str
    partition: str
    role_name: str
    role_id: str
    role_arn: str
    session_name: str
    access_key_id: str
    secret: str
    token: str
    expires_at: datetime
    policies: tuple[str, ...]

    @property
    def arn(self) -> str:
        """The assumed-role ARN; it drops the role's path."""
        return f"arn:{self.partition}:sts::{self.account_id}:assumed-role/{self.role_name}/{self.session_name}"

    @property
    def user_id(self) -> str:
        """What GetCallerIdentity calls UserId."""
        return f"{self.role_id}:{self.session_name}"


Principal = UserPrincipal | AssumedRoleSession
