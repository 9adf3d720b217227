"""Writes the files an administrator needs to create a reading role."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.aws.read_list import ReadAction
from pipeline.connections.models import AwsIamConnection, AwsIdentityCenterConnection, AwsRoleConnection
from pipeline.directories.aws_iam.actions import MINIMAL, READ_ACTIONS, RECOMMENDED
from pipeline.directories.aws_identity_center.actions import CENTER_ACTIONS, KEY_STATEMENTS
from pipeline.home import FOLDER_MODE, private_write
from pipeline.onboarding.templates.policy import IAM, IDENTITY_CENTER, PermissionSizes, RoleSubject, RoleToCreate
from pipeline.onboarding.templates.role_files import packet
from pipeline.problems import ConfigurationError, Problem


@dataclass(frozen=True)
class RoleKind:
    """A kind of directory that is read through a role in AWS."""

    kind: str
    model: type[AwsRoleConnection]
    permissions: PermissionSizes
    actions: Mapping[str, ReadAction]

    @property
    def subject(self) -> RoleSubject:
        return self.permissions.subject

    @property
    def purposes(self) -> dict[str, str]:
        """What each action is needed for."""
        return {name: action.needed_for for name, action in self.actions.items()}

    def packet(self, role: RoleToCreate, *, region: str, template_url: str = "") -> dict[str, str]:
        """The files, name to text."""
        return packet(role, purposes=self.purposes, region=region, template_url=template_url)


ROLE_KINDS: dict[str, RoleKind] = {
    "aws_iam": RoleKind(
        "aws_iam", AwsIamConnection, PermissionSizes(sorted(RECOMMENDED), sorted(MINIMAL), IAM), READ_ACTIONS
    ),
    "aws_identity_center": RoleKind(
        "aws_identity_center",
        AwsIdentityCenterConnection,
        PermissionSizes(
            sorted(CENTER_ACTIONS),
            sorted(name for name, action in CENTER_ACTIONS.items() if action.tier == "minimal"),
            IDENTITY_CENTER,
            KEY_STATEMENTS,
        ),
        CENTER_ACTIONS,
    ),
}


def write_files(folder: Path, texts: Mapping[str, str], endpoint: str = "") -> tuple[Path, tuple[Path, ...]]:
    """Write every text, readable by this user only, and give back the absolute folder and files.

    With `endpoint`, the address that stands in for AWS, the first line of each says that no real account may use it.
    Raises ConfigurationError when they cannot be written.
    """
    folder = folder.expanduser().absolute()
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        for name, text in texts.items():
            private_write(folder / name, _marked(name, text, endpoint) if endpoint else text)
    except OSError as error:
        raise ConfigurationError(Problem.of("cannot_write", folder=folder, reason=error.strerror or error)) from error
    return folder, tuple(folder / name for name in texts)


def _marked(name: str, text: str, endpoint: str) -> str:
    words = emulated_words(endpoint)
    if name.endswith(".json"):  # has no comments; `Id` is an element of a policy that means nothing to AWS
        return text.replace("{", f'{{ "Id": {json.dumps(words)},', 1)
    return f"# {words}\n{text}"


def emulated_words(endpoint: str) -> str:
    """What a reader of anything made against an emulator has to know first."""
    return f"EMULATED: made with {endpoint} in the place of AWS. Do not use it in a real account."
