"""The emulated Identity Center of an organization: filling it, and what is really in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import RLock
from typing import Any, Literal

_BIRTH = datetime(2021, 3, 1, 9, 0, tzinfo=UTC)
Status = Literal["ENABLED", "DISABLED"]


@dataclass(frozen=True)
class Assignment:
    """One permission set in one account for one user or group."""

    account_id: str
    permission_set_arn: str
    principal_type: Literal["USER", "GROUP"]
    principal_id: str


@dataclass
class IdentityCenter:
    """One instance with its identity store; `lock` is its management account's."""

    account_id: str
    lock: RLock
    has_instance: bool = True
    key_arn: str = ""
    """The customer managed KMS key it is encrypted with; empty: AWS's own, which anybody may use."""
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    permission_sets: dict[str, dict[str, Any]] = field(default_factory=dict)
    assignments: list[Assignment] = field(default_factory=list)
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def instance_arn(self) -> str:
        """The instance; permission sets live below it."""
        return f"arn:aws:sso:::instance/ssoins-{self.account_id}"

    @property
    def store_id(self) -> str:
        """The identity store of the instance."""
        return f"d-{self.account_id[:10]}"

    def encryption(self, service: str, region: str) -> dict[str, str]:
        """What KMS is told when this service decrypts for a caller."""
        store = f"arn:aws:identitystore::{self.account_id}:identitystore/{self.store_id}"
        names = {
            "sso": ("aws:sso:instance-arn", self.instance_arn),
            "identitystore": ("aws:identitystore:identitystore-arn", store),
        }
        key, arn = names[service]
        return {"kms:viaservice": f"{service}.{region}.amazonaws.com", f"kms:encryptioncontext:{key}": arn}

    def user(
        self,
        name: str,
        *,
        display_name: str = "",
        given_name: str = "",
        family_name: str = "",
        emails: Sequence[str] = (),
        title: str | None = None,
        status: Status | None = "ENABLED",
        created: datetime = _BIRTH,
        external_id: str = "",
        enterprise: Mapping[str, str] | None = None,
    ) -> str:
        """A user; gives its id. The first of `emails` is the primary one. `status=None`: AWS does not say."""
        user_id = self._id("user", name)
        with self.lock:
            self.users[user_id] = {
                "IdentityStoreId": self.store_id,
                "UserId": user_id,
                "UserName": name,
                "DisplayName": display_name or name,
                "Name": {"GivenName": given_name or None, "FamilyName": family_name or None},
                "Emails": [{"Value": email, "Type": "work", "Primary": at == 0} for at, email in enumerate(emails)],
                "Title": title,
                "UserStatus": status,
                "CreatedAt": created,
                "UpdatedAt": created,
                "ExternalIds": [{"Issuer": "https://scim.example", "Id": external_id}] if external_id else [],
                "Extensions": {"aws:identitystore:enterprise": dict(enterprise)} if enterprise else None,
            }
        return user_id

    def group(self, name: str, members: Sequence[str] = (), *, description: str | None = None) -> str:
        """A group of user ids; gives its id."""
        group_id = self._id("group", name)
        with self.lock:
            self.groups[group_id] = {
                "IdentityStoreId": self.store_id,
                "GroupId": group_id,
                "DisplayName": name,
                "Description": description,
            }
            self.members[group_id] = list(members)
        return group_id

    def account(self, account_id: str, name: str, *, status: str = "ACTIVE") -> str:
        """A member account of the organization; gives its id."""
        with self.lock:
            self.accounts[account_id] = {
                "Id": account_id,
                "Arn": f"arn:aws:organizations::{self.account_id}:account/o-certify0001/{account_id}",
                "Name": name,
                "Email": f"aws+{account_id}@example.com",
                "Status": status,
                "JoinedMethod": "CREATED",
                "JoinedTimestamp": _BIRTH,
            }
        return account_id

    def permission_set(self, name: str, *, description: str | None = None) -> str:
        """A permission set; gives its ARN."""
        arn = f"arn:aws:sso:::permissionSet/ssoins-{self.account_id}/ps-{self._id('set', name)[:16]}"
        with self.lock:
            self.permission_sets[arn] = {
                "Name": name,
                "PermissionSetArn": arn,
                "Description": description,
                "CreatedDate": _BIRTH,
            }
        return arn

    def assign(self, permission_set_arn: str, account_id: str, *, user: str = "", group: str = "") -> None:
        """Give a user or a group a permission set in an account."""
        kind: Literal["USER", "GROUP"] = "USER" if user else "GROUP"
        with self.lock:
            self.assignments.append(Assignment(account_id, permission_set_arn, kind, user or group))

    def reach(self) -> set[tuple[str, str, str, str]]:
        """Who really reaches what: user id, permission set's name, account id, and `direct` or the group's name."""
        with self.lock:
            return {
                (user_id, self.permission_sets[each.permission_set_arn]["Name"], each.account_id, through)
                for each in self.assignments
                for user_id, through in self._holders(each)
            }

    def _holders(self, assignment: Assignment) -> list[tuple[str, str]]:
        if assignment.principal_type == "USER":
            return [(assignment.principal_id, "direct")]
        name = self.groups[assignment.principal_id]["DisplayName"]
        return [(member, name) for member in self.members[assignment.principal_id]]

    def _id(self, kind: str, name: str) -> str:
        """An id that is the same at every run, in the shape AWS has: `90671ab2c3-` and a UUID."""
        digest = hashlib.sha256(f"{self.account_id}/{kind}/{name}".encode()).hexdigest()
        return f"{digest[:10]}-{digest[10:18]}-{digest[18:22]}-{digest[22:26]}-{digest[26:30]}-{digest[30:42]}"
