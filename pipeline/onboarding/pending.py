"""Stores external IDs that wait for their role to be created."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from pipeline.home import FOLDER_MODE, Home, private_write
from pipeline.problems import ConfigurationError, Problem

NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")
"""A connection's name: `directory_id` in every table, a partition key in Dagster, and here a file's name."""

RoleKindName = Literal["aws_iam", "aws_identity_center"]
"""The kinds of directory that are read through a role in AWS."""


class Pending(BaseModel):
    """A connection to be, or (`purpose` rotate) the next external ID of one that exists; `repr` hides it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    purpose: Literal["connect", "rotate"] = "connect"
    kind: RoleKindName = "aws_iam"
    external_id: str
    principal: str
    role_name: str
    role_arn: str = ""
    organization_id: str = ""
    display_name: str = ""
    region: str = ""
    instance_arn: str = ""
    created_at: datetime

    @property
    def secret(self) -> SecretStr:
        return SecretStr(self.external_id)

    def __repr__(self) -> str:
        return f"Pending(name={self.name!r}, purpose={self.purpose!r}, role_name={self.role_name!r})"

    __str__ = __repr__


def folder(home: Home) -> Path:
    """Where they lie."""
    return home.root / "pending"


def checked_name(name: str) -> str:
    """`name`, when it can be a connection's; ConfigurationError with a suggestion otherwise."""
    if NAME.fullmatch(name):
        return name
    raise ConfigurationError(Problem.of("invalid_connection_name", name=name, suggestion=made_valid(name)))


def made_valid(text: str, fallback: str = "account") -> str:
    """The nearest valid connection name to `text`: ASCII lower case, hyphens for all else, 41 characters at most."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    if not name:
        return fallback
    return (name if name[0].isalpha() else f"{fallback}-{name}")[:41].rstrip("-")


def find(home: Home, name: str) -> Pending | None:
    """What waits under `name`, or None. ConfigurationError when its file was damaged."""
    path = folder(home) / f"{checked_name(name)}.json"
    try:
        pending = Pending.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(Problem.of("pending_unreadable", file=path, reason=str(error))) from error
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(map(str, fault["loc"])) or "the whole" for fault in error.errors()}))
        raise ConfigurationError(
            Problem.of("pending_unreadable", file=path, reason=f"wrong in it: {fields}")
        ) from error
    if pending.name != name:
        raise ConfigurationError(Problem.of("pending_unreadable", file=path, reason=f"it is about '{pending.name}'"))
    return pending


def every(home: Home) -> list[Pending]:
    """All that wait, by name."""
    names = sorted(path.stem for path in folder(home).glob("*.json") if NAME.fullmatch(path.stem))
    return [pending for name in names if (pending := find(home, name)) is not None]


def keep(home: Home, pending: Pending) -> None:
    """Remember it, privately and at once."""
    folder(home).mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    private_write(folder(home) / f"{checked_name(pending.name)}.json", pending.model_dump_json(indent=2) + "\n")


def drop(home: Home, name: str) -> None:
    """Forget it; nothing happens when nothing waits under `name`."""
    (folder(home) / f"{checked_name(name)}.json").unlink(missing_ok=True)
