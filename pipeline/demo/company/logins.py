"""The model of a sample login, before there is a server to put it into.

Ages are in days before the company's `now`, so that a company of any date has the same stories.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["human", "service", "shared", "break_glass"]
Ownership = Literal["person", "nobody", "ambiguous"]
"""`person`: one person of the roster, by a strong key or an owner tag.

`nobody`: none can be found; `ambiguous`: two could.
"""


@dataclass(frozen=True)
class Password:
    """A console password. `last_used` None: never."""

    created: float
    last_used: float | None = None


@dataclass(frozen=True)
class Key:
    """An access key. `last_used` None: never."""

    created: float
    last_used: float | None = None
    status: str = "Active"
    service: str = "s3"
    region: str = "eu-west-1"


@dataclass(frozen=True)
class DirectoryEntry:
    """What LDAP and Identity Center say of a person, as they spell it; empty where they say nothing."""

    display_name: str
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    employee_id: str = ""
    department: str = ""
    title: str = ""
    worker_type: str = ""


@dataclass(frozen=True)
class Login:
    """One IAM user, LDAP entry or Identity Center user, and what is true about it.

    `story` says why it is there, `trap` what careless software gets wrong about it. `owner` is the employee id of who
    answers for it: the person itself, or whom an owner tag names. `leftover` is the last use of a password that has
    been deleted. `policies` are attached ones, by name; `inline` are whole documents' actions by policy name.
    Outside AWS IAM `password` tells when the login was made and, in LDAP, last used.
    """

    connection: str
    name: str
    story: str
    kind: Kind
    created: float
    ownership: Ownership = "person"
    owner: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    path: str = "/"
    password: Password | None = None
    keys: tuple[Key, ...] = ()
    leftover: float | None = None
    mfa: bool = False
    boundary: str = ""
    groups: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    inline: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_admin_half: bool = False
    """The administrator's half of an admin twin."""
    card: DirectoryEntry | None = None
    is_enabled: bool = True
    outsider: str = ""
    """Names somebody whom HR does not know and who holds this login, maybe among others."""
    trap: str = ""
