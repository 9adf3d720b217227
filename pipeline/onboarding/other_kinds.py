"""Connects a directory of a kind without a wizard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.connections.models import KINDS, Connection
from pipeline.connections.yaml_file import add_connections
from pipeline.directories.base import Directory
from pipeline.home import Home
from pipeline.onboarding.aws_role import refuse_taken
from pipeline.onboarding.connection_test import ConnectionTestResult, quiet, test
from pipeline.onboarding.pending import checked_name
from pipeline.problems import ConfigurationError, Problem
from pipeline.progress import Step
from pipeline.strict_yaml.checking import check
from pipeline.strict_yaml.document import Document
from pipeline.strict_yaml.secret_references import VARIABLE, inline_secrets, is_path


def connect(
    home: Home,
    connections: Sequence[Connection],
    kind: str,
    name: str,
    values: Mapping[str, Any],
    *,
    directory: Directory,
    working_folder: Path,
    environ: Mapping[str, str],
    on_step: Callable[[Step], None] = quiet,
) -> ConnectionTestResult:
    """Test the connection these keys describe, and save it when every required step passed.

    Paths are the shell's, so they start at `working_folder`; connections.yaml starts them at the home. Raises
    ConfigurationError for keys the kind does not take.
    """
    refuse_taken(connections, checked_name(name))
    entry = {"name": name, "kind": kind, **_paths_from_home(home, kind, values, working_folder)}
    tested = test(_checked(home, kind, entry, environ), directory, on_step)
    if tested.worth_saving:
        add_connections(home, [entry], environ)
    return tested


def _expanded(entry: Mapping[str, Any], environ: Mapping[str, str], document: Document) -> dict[str, Any]:
    """The entry as connections.yaml would give it: `${NAME}` is what the environment says."""
    values = dict(entry)
    for key, value in entry.items():
        if isinstance(value, str) and (named := VARIABLE.fullmatch(value)):
            if named[1] not in environ:
                document.fault((key,), f"the environment variable {named[1]} is not set. set it, and export it")
            values[key] = environ.get(named[1], "")
    return values


def _checked(home: Home, kind: str, entry: Mapping[str, Any], environ: Mapping[str, str]) -> Connection:
    document = Document("")
    for key, fault in inline_secrets(KINDS[kind], entry):
        document.fault((key,), fault)
    connection = check(KINDS[kind], document, (), _expanded(entry, environ, document), {"base": home.root})
    if connection is None or document.faults:
        faults = "".join(f"\n  --{fault.field.replace('_', '-')}: {fault.text}" for fault in document.faults)
        raise ConfigurationError(Problem.of("invalid_options", connection=str(entry["name"]), kind=kind, faults=faults))
    return connection


def _paths_from_home(home: Home, kind: str, values: Mapping[str, Any], working_folder: Path) -> dict[str, Any]:
    """`values` with each path as connections.yaml wants it: below the home's folder relative, else absolute."""
    fields = KINDS[kind].model_fields
    placed = dict(values)
    for key in [key for key in values if key in fields and is_path(fields[key].annotation)]:
        path = working_folder / Path(str(values[key])).expanduser()
        placed[key] = str(path.relative_to(home.root) if path.is_relative_to(home.root) else path)
    return placed
