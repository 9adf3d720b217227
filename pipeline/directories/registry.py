"""Finds the directory kind of a connection."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import cast

from pipeline.directories.base import Directory
from pipeline.settings import Settings

KINDS = {
    "aws_iam": ("pipeline.directories.aws_iam.reader", "AWS_IAM"),
    "aws_identity_center": ("pipeline.directories.aws_identity_center.reader", "AWS_IDENTITY_CENTER"),
    "file": ("pipeline.directories.file.reader", "FILE"),
    "ldap": ("pipeline.directories.ldap.reader", "LDAP"),
    "scim": ("pipeline.directories.scim.reader", "SCIM"),
}
"""Kind to the module and the name of its `Directory`."""


def directory_for(kind: str, settings: Settings | None = None, *, fresh: bool = False) -> Directory:
    """The directory of that kind, set up as the home's settings want it (the defaults without); KeyError for no kind at
    all.

    A kind with settings of its own has a method `configured(settings)`; one that may take facts from an answer made
    earlier has a field `fresh`, set here when it must not.
    """
    module, name = KINDS[kind]
    directory = getattr(import_module(module), name)
    if settings is not None and hasattr(directory, "configured"):
        directory = directory.configured(settings)
    if fresh and hasattr(directory, "fresh"):
        directory = replace(directory, fresh=True)
    return cast("Directory", directory)
