"""`certify doctor`: checks everything a sync depends on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from pipeline import diagnostics
from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column
from pipeline.diagnostics import Check
from pipeline.problems import CertifyError, ExitCode

CHECKS = [Column("result"), Column("check"), Column("found", may_wrap=True)]
SETTINGS = [Column("setting"), Column("value"), Column("from"), Column("meaning", may_wrap=True)]


def doctor(invocation: Invocation) -> ExitCode:
    """Look for what would make a sync fail: versions, file modes, lock, disk, clock, configuration, credentials.

    Prints each problem with its fix, and the settings in force with where each comes from. Calls no directory; use
    `certify test` for that. Exit code 1 when something has to be fixed.

    \b
    Examples:
      certify doctor
      certify doctor --json
    """
    checks = list(_checks(invocation))
    settings = _settings(invocation)
    versions = diagnostics.versions()
    code = ExitCode.UNEXPECTED if any(check.result == "failed" for check in checks) else ExitCode.OK
    if not invocation.output.json:
        _show(invocation, checks, settings, versions)
    return invocation.finish(
        {"checks": [vars(check) for check in checks], "settings": settings, "versions": versions}, code=code
    )


def _checks(invocation: Invocation) -> Iterator[Check]:
    home, environ = invocation.home, invocation.environ
    yield diagnostics.place(home, _origin(invocation))
    yield diagnostics.modes(home)
    yield diagnostics.lock(home)
    yield diagnostics.disk(home)
    yield diagnostics.clock(home, invocation.now)
    connections = diagnostics.connections(home, environ)
    yield connections
    yield diagnostics.settings(home, environ)
    yield diagnostics.dagster_yaml(home)
    yield diagnostics.ledger(home, invocation.now)
    yield diagnostics.published(home)
    if home.demo_file.exists():
        yield Check("AWS credentials", "ok", "none needed: the sample company's AWS is emulated on this machine")
    else:
        yield diagnostics.credentials(environ, needed="(aws_iam)" in connections.detail)


def _origin(invocation: Invocation) -> str:
    if invocation.chosen.home:
        return "--home"
    return "CERTIFY_HOME" if os.environ.get("CERTIFY_HOME") else "the default"


def _settings(invocation: Invocation) -> list[dict[str, Any]]:
    from pipeline.settings import Settings, load_settings

    try:
        found = load_settings(invocation.home, invocation.environ)
    except CertifyError:
        return []  # the check of settings.yaml has said why
    return [
        {
            "key": key,
            "value": _written(getattr(found, key)),
            "origin": "settings.yaml" if key in found.model_fields_set else "default",
            "description": field.description,
        }
        for key, field in Settings.model_fields.items()
    ]


def _written(value: Any) -> object:
    """A value as settings.yaml would spell it; never a secret."""
    from pydantic import SecretStr

    from pipeline.settings import duration

    if value is None or value == []:
        return "none"
    if isinstance(value, SecretStr):
        return "(given)"
    if isinstance(value, timedelta):
        return duration(value)
    return ", ".join(value) if isinstance(value, list) else str(value) if isinstance(value, Path) else value


def _show(
    invocation: Invocation, checks: list[Check], settings: list[dict[str, Any]], versions: dict[str, str]
) -> None:
    output = invocation.output
    output.table(CHECKS, [(check.result, check.name, check.detail) for check in checks])
    output.data("\n")
    output.table(SETTINGS, [(row["key"], row["value"], row["origin"], row["description"]) for row in settings])
    output.note("\n" + ", ".join(f"{name} {version}" for name, version in versions.items()))
    for check in checks:
        if check.fix:
            output.warn(f"{check.name}: {check.detail}\n  fix: {check.fix}", label=check.result)
