"""Every kind there is, started for a test: a test that asks for `running` is run once for each.

A new kind joins by one line in `KINDS_RUNNING`, and passes everything in this folder, or is not done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from tests.contract.aws_kinds import RunningCenter, RunningIam, running_aws
from tests.contract.file_presets import STARTS, RunningExport
from tests.contract.other_kinds import (
    RunningFile,
    RunningLdap,
    RunningScim,
    running_file,
    running_ldap,
    running_scim,
)
from tests.contract.running import Running

Start = Callable[[Path], AbstractContextManager[Running]]
KINDS_RUNNING: dict[str, tuple[type[Running], Start]] = {
    "aws_iam": (RunningIam, partial(running_aws, RunningIam)),
    "aws_identity_center": (RunningCenter, partial(running_aws, RunningCenter)),
    "file": (RunningFile, running_file),
    "ldap": (RunningLdap, running_ldap),
    "scim": (RunningScim, running_scim),
}
EVERYTHING_RUNNING = {**KINDS_RUNNING, **{name: (RunningExport, start) for name, start in STARTS.items()}}
"""The kinds, and the presets of one of them."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All kinds, or, for a test marked `needs(ability)`, those that have it."""
    if "running" in metafunc.fixturenames:
        needed = {mark.args[0] for mark in metafunc.definition.iter_markers("needs")}
        kinds = [kind for kind, (running, _) in EVERYTHING_RUNNING.items() if needed <= running.abilities]
        metafunc.parametrize("running", kinds, indirect=True)


@pytest.fixture
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    (folder := tmp_path / "directory").mkdir()
    with EVERYTHING_RUNNING[request.param][1](folder) as directory:
        yield directory
