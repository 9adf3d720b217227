"""Column names and status words of well-known products' exports.

A column an export does not have is not mapped, so what it would tell is unknown. Where several headers mean one of our
columns the first that is there counts; of sign-ins the latest of all. Addresses for recovery are not mapped: they are
private, or the help desk's, and say little about whose account it is.

Sources, by the titles of the products' documentation:
- Okta: "Users API" (names and user status), "Okta Password Health Report", "User Accounts report", "Profile types" (the
  base attributes, which the template for importing people from CSV has as headers).
- Entra ID: "Download a list of users in Azure portal"; Microsoft Graph's "user resource type" and "signInActivity
  resource type", whose names PowerShell shares but for case; the export of the Microsoft 365 admin center.
- Active Directory: "Get-ADUser" of the ActiveDirectory PowerShell module, "csvde", "Active Directory Schema". The
  sign-in of one domain controller alone (`lastLogon`) is not mapped.
- Google Workspace: "Download a list of users" in the Admin console help.
- IAM Identity Center: "list-users" in the AWS CLI command reference, "User" in the Identity Store API reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Names = tuple[str, ...]


@dataclass(frozen=True)
class ExportPreset:
    """`columns`: our names to headers, the first that is there counts.

    `sign_ins` are headers of which the latest counts as `last_active_at`; `never` are the words that there was none,
    and `blank_is_never` says whether an empty cell means it too. `enabled` are the words of `is_enabled` beside true
    and false, folded; `blocking` headers say the opposite of it. `date_formats` are what the product writes beside
    ISO 8601; where a header stands before the format, only in the column that is called so to the letter.
    """

    product: str
    columns: Mapping[str, Names]
    sign_ins: Names = ()
    never: frozenset[str] = frozenset()
    blank_is_never: bool = False
    enabled: Mapping[str, bool] = field(default_factory=dict)
    blocking: Names = ()
    date_formats: Sequence[tuple[str, str]] = ()

    def names_of(self, ours: str) -> Names:
        """The headers that may be ours."""
        return self.sign_ins if ours == "last_active_at" else self.columns.get(ours, ())

    @property
    def headers(self) -> list[str]:
        """Every header it knows."""
        return [name for names in (*self.columns.values(), self.sign_ins) for name in names]


def folded(header: str) -> str:
    """A header as presets compare it: letters and digits alone, without `[Required]` and the like.

    `Object Id`, `objectId` and `ObjectId` are one; so are `First Name [Required]` and `First Name`.
    """
    outside = "".join(part.rpartition("]")[2] for part in header.split("["))
    return "".join(sign for sign in (outside if outside.strip() else header).casefold() if sign.isalnum())


_OKTA_STATUS: Names = ("status", "Okta user status", "Okta status")
_ENTERPRISE = "Extensions.aws:identitystore:enterprise"

PRESETS: Mapping[str, ExportPreset] = {
    "okta": ExportPreset(
        "Okta",
        columns={
            "native_id": ("id", "user id", "login", "profile.login", "Okta username", "Username"),
            "username": ("login", "profile.login", "Okta username", "Username"),
            "display_name": ("displayName", "profile.displayName", "User full name", "User"),
            "given_name": ("firstName", "profile.firstName"),
            "middle_name": ("middleName", "profile.middleName"),
            "family_name": ("lastName", "profile.lastName"),
            "preferred_name": ("nickName", "profile.nickName"),
            "email": ("email", "profile.email", "Primary email"),
            "employee_id": ("employeeNumber", "profile.employeeNumber"),
            "worker_type": ("userType", "profile.userType"),
            "status": _OKTA_STATUS,
            "is_enabled": _OKTA_STATUS,
            "manager_id": ("managerId", "profile.managerId", "manager", "profile.manager"),
            "department": ("department", "profile.department"),
            "title": ("title", "profile.title"),
            "created_at": ("created",),
        },
        sign_ins=("lastLogin",),
        blank_is_never=True,
        enabled={
            **dict.fromkeys(("active", "provisioned", "pendinguseraction", "recovery", "passwordreset"), True),
            **dict.fromkeys(("passwordexpired", "lockedout"), True),
            **dict.fromkeys(("staged", "suspended", "deprovisioned", "deactivated"), False),
        },
    ),
    "entra": ExportPreset(
        "Microsoft Entra ID",
        columns={
            "native_id": ("id", "objectId"),
            "username": ("userPrincipalName",),
            "display_name": ("displayName",),
            "given_name": ("givenName", "First name"),
            "family_name": ("surname", "Last name"),
            "email": ("mail",),
            "alias_emails": ("proxyAddresses", "otherMails", "alternateEmailAddress", "Alternate email addresses"),
            "employee_id": ("employeeId",),
            "worker_type": ("employeeType", "userType"),
            "is_enabled": ("accountEnabled", "Block credential"),
            "hired_on": ("employeeHireDate",),
            "terminated_on": ("employeeLeaveDateTime",),
            "manager_id": ("manager.employeeId", "manager.userPrincipalName", "manager.mail", "manager.id"),
            "department": ("department",),
            "title": ("jobTitle", "Title"),
            "created_at": ("createdDateTime", "When created"),
        },
        sign_ins=(
            *("signInActivity.lastSuccessfulSignInDateTime", "lastSuccessfulSignInDateTime"),
            *("signInActivity.lastSignInDateTime", "lastSignInDateTime"),
            *("signInActivity.lastNonInteractiveSignInDateTime", "lastNonInteractiveSignInDateTime"),
        ),
        blocking=("Block credential",),
        date_formats=(("createdDateTime", "%m/%d/%Y %I:%M:%S %p"),),
    ),
    "active_directory": ExportPreset(
        "Active Directory",
        columns={
            "native_id": ("objectGUID", "objectSid", "SID", "sAMAccountName"),
            "username": ("sAMAccountName",),
            "display_name": ("displayName", "Name", "cn"),
            "given_name": ("givenName",),
            "family_name": ("sn", "Surname"),
            "email": ("mail", "EmailAddress"),
            "alias_emails": ("proxyAddresses",),
            "employee_id": ("employeeID", "employeeNumber"),
            "worker_type": ("employeeType",),
            "is_enabled": ("Enabled", "userAccountControl"),
            "department": ("department",),
            "title": ("title",),
            "created_at": ("whenCreated", "Created", "createTimeStamp"),
        },
        sign_ins=("lastLogonTimestamp", "LastLogonDate"),
        blank_is_never=True,
    ),
    "google": ExportPreset(
        "Google Workspace",
        columns={
            "native_id": ("Email Address [Required]",),
            "username": ("Email Address [Required]",),
            "given_name": ("First Name [Required]",),
            "family_name": ("Last Name [Required]",),
            "email": ("Email Address [Required]",),
            "alias_emails": ("Work Secondary Email",),
            "employee_id": ("Employee ID",),
            "worker_type": ("Employee Type",),
            "status": ("Status [READ ONLY]",),
            "is_enabled": ("Status [READ ONLY]",),
            "manager_id": ("Manager Email",),
            "department": ("Department",),
            "title": ("Employee Title",),
        },
        sign_ins=("Last Sign In [READ ONLY]",),
        never=frozenset({"never logged in"}),
        enabled={"suspended": False, "archived": False},
        date_formats=(("", "%Y/%m/%d %H:%M:%S"),),
    ),
    "identity_center": ExportPreset(
        "IAM Identity Center",
        columns={
            "native_id": ("UserId",),
            "username": ("UserName",),
            "display_name": ("DisplayName",),
            "given_name": ("Name.GivenName",),
            "middle_name": ("Name.MiddleName",),
            "family_name": ("Name.FamilyName",),
            "preferred_name": ("NickName",),
            "email": ("Emails",),
            "alias_emails": ("Emails",),
            "employee_id": (f"{_ENTERPRISE}.employeeNumber",),
            "worker_type": ("UserType",),
            "status": ("UserStatus",),
            "is_enabled": ("UserStatus",),
            "manager_id": (f"{_ENTERPRISE}.manager.value", f"{_ENTERPRISE}.manager"),
            "department": (f"{_ENTERPRISE}.department",),
            "title": ("Title",),
            "created_at": ("CreatedAt",),
        },
    ),
}
"""By what `preset:` says. In Entra ID an empty sign-in means none since April 2020, or none that is kept: unknown."""
