"""The attributes of each kind of LDAP server.

Sources: RFC 4519 and RFC 2798 (inetOrgPerson), RFC 4530 (entryUUID), draft-behera-ldap-password-policy
(pwdAccountLockedTime, pwdReset, pwdEndTime), shadow(5), the slapd.conf(5) and slapo-lastbind(5) manual pages
(pwdLastSuccess, authTimestamp), and Microsoft's "Active Directory Schema" (userAccountControl, accountExpires,
lastLogonTimestamp, lockoutTime).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeline.connections.network import LdapConnection

Names = tuple[str, ...]


@dataclass(frozen=True)
class SchemaPreset:
    """`attributes`: our columns to theirs, the first that is there counts; of `active` and `locked` the latest.

    `control` tells whether an account is shut, `expiry` until when it is open; `shut` are flags that shut an account
    too, and `ended` when it closes, as an instant or as days since 1970. `primary_group` and `primary_token` are the
    number of an account's first group, in the account and in the group. Every entry has the attribute `always`.
    `member_of` names the groups of an entry, for groups that hide their members (slapo-memberof, slapo-dynlist). `kept`
    are more attributes that the column `attributes` shows.
    """

    user_filter: str
    group_filter: str
    attributes: Mapping[str, Names]
    active: Names
    locked: Names
    control: str = ""
    expiry: str = ""
    primary_group: str = ""
    primary_token: str = ""
    kept: Names = ()
    always: str = ""
    is_microsoft: bool = False
    member_of: str = ""
    shut: Names = ()
    ended: Names = ()

    @property
    def seen_by_all(self) -> Names:
        """The attributes of `active` that are alike on every server; `lastLogon` is that of one server alone."""
        return tuple(name for name in self.active if name != "lastLogon")

    @property
    def user_attributes(self) -> list[str]:
        """What is asked for of an account."""
        named = [name for names in self.attributes.values() for name in names]
        extra = [self.always, self.member_of, self.control, self.expiry, self.primary_group, *self.shut, *self.ended]
        others = [*self.active, *self.locked, *self.kept, *(name for name in extra if name)]
        return list(dict.fromkeys([*named, *others]))

    @property
    def group_attributes(self) -> list[str]:
        """What is asked for of a group."""
        token = [self.primary_token] if self.primary_token else []
        sid = ["objectSid"] if self.is_microsoft else []
        names = [*self.attributes["native_id"], "objectClass", "cn", "description"]
        names += [self.member_of] if self.member_of else []
        return [*names, *MEMBERS, MEMBER_UIDS, MEMBER_URL, *token, *sid]


MEMBERS = ("member", "uniqueMember")
"""Members by their DN; of a uniqueMember an optional bit string may follow it."""
MEMBER_UIDS = "memberUid"
"""Members by user name (RFC 2307)."""
MEMBER_URL = "memberURL"
"""Members by a search, which is not carried out (slapo-dynlist)."""

_COMMON: Mapping[str, Names] = {
    "display_name": ("displayName", "cn"),
    "given_name": ("givenName",),
    "middle_name": ("middleName", "initials"),
    "family_name": ("sn",),
    "email": ("mail",),
    "manager_id": ("manager",),
    "title": ("title",),
    "worker_type": ("employeeType",),
}

PRESETS: Mapping[str, SchemaPreset] = {
    "openldap": SchemaPreset(
        user_filter="(|(objectClass=inetOrgPerson)(objectClass=posixAccount)(objectClass=account))",
        group_filter="(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)"
        "(objectClass=groupOfURLs))",
        attributes={
            **_COMMON,
            "native_id": ("entryUUID",),
            "username": ("uid",),
            "employee_id": ("employeeNumber",),
            "department": ("departmentNumber", "ou"),
            "created_at": ("createTimestamp",),
        },
        active=("authTimestamp", "pwdLastSuccess"),
        locked=("pwdAccountLockedTime",),
        primary_group="gidNumber",
        primary_token="gidNumber",  # noqa: S106
        kept=("pwdReset", "pwdChangedTime"),
        always="createTimestamp",
        member_of="memberOf",
        shut=("nsAccountLock", "loginDisabled"),
        ended=("pwdEndTime", "shadowExpire"),
    ),
    "active_directory": SchemaPreset(
        user_filter="(|(&(objectCategory=person)(objectClass=user))(objectClass=msDS-ManagedServiceAccount)"
        "(objectClass=msDS-GroupManagedServiceAccount))",
        group_filter="(objectClass=group)",
        attributes={
            **_COMMON,
            "native_id": ("objectGUID",),
            "username": ("sAMAccountName",),
            "alias_emails": ("proxyAddresses",),
            "employee_id": ("employeeID", "employeeNumber"),
            "department": ("department",),
            "created_at": ("whenCreated",),
        },
        active=("lastLogonTimestamp", "lastLogon"),
        locked=("lockoutTime",),
        control="userAccountControl",
        expiry="accountExpires",
        primary_group="primaryGroupID",
        primary_token="primaryGroupToken",  # noqa: S106
        kept=("objectClass", "objectSid", "isCriticalSystemObject", "pwdLastSet"),
        always="whenCreated",
        is_microsoft=True,
    ),
}


def preset_of(connection: LdapConnection) -> SchemaPreset:
    """The preset, as the connection changes it."""
    preset = PRESETS[connection.preset]
    columns = {str(ours): (theirs,) for ours, theirs in connection.columns.items()}
    active, locked = columns.pop("last_active_at", preset.active), columns.pop("locked_at", preset.locked)
    return replace(
        preset,
        user_filter=connection.user_filter or preset.user_filter,
        group_filter=connection.group_filter or preset.group_filter,
        attributes={**preset.attributes, **columns},
        active=active,
        locked=locked,
        control="" if "is_enabled" in columns else preset.control,
    )
