"""Writing the files for an administrator, and which permissions they ask for.

Belongs here: the read list of the AWS IAM reader, handed to the templates; folders and modes.
Does not belong here: the texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pipeline.connections.templates.policy import PermissionSizes
from pipeline.directories.aws_iam.actions import MINIMAL, READ_ACTIONS, RECOMMENDED
from pipeline.home import FOLDER_MODE, private_write
from pipeline.problems import ConfigurationError, Problem

PERMISSIONS = PermissionSizes(recommended=sorted(RECOMMENDED), minimal=sorted(MINIMAL))
PURPOSES = {name: action.needed_for for name, action in READ_ACTIONS.items()}


def write_files(folder: Path, texts: Mapping[str, str]) -> tuple[Path, tuple[Path, ...]]:
    """Write every text, readable by this user only, and give back the absolute folder and files.

    Raises ConfigurationError when they cannot be written.
    """
    folder = folder.expanduser().absolute()
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        for name, text in texts.items():
            private_write(folder / name, text)
    except OSError as error:
        raise ConfigurationError(Problem.of("cannot_write", folder=folder, reason=error.strerror or error)) from error
    return folder, tuple(folder / name for name in texts)
