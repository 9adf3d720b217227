"""What an AWS login of the sample company is made of, before there is an AWS to put it into.

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
class Login:
    """One IAM user and what is true about it.

    `story` says why it is there. `owner` is the employee id of who answers for it: the person itself, or whom an
    owner tag names. `leftover` is the last use of a password that has been deleted. `policies` are attached ones, by
    name; `inline` are whole documents' actions by policy name.
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
    twin: str = ""
    """Names the cluster of an admin twin or of two ordinary accounts of one person in one directory."""
