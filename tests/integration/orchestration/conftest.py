"""Two emulated AWS accounts and a roster, and the home that connects them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.connections.yaml_file import add_connections
from pipeline.demo.emulator import Emulator
from pipeline.directories.aws_iam.actions import READ_ACTIONS
from pipeline.home import Home
from pipeline.orchestration.run import run_sync
from pipeline.problems import ExitCode

ACCOUNTS = {"production": "111122223333", "staging": "444455556666"}
ROSTER = "id,mail,first,last\n1,ada@corp.example,Ada,Byron\n2,bo@corp.example,Bo,Diaz\n3,cy@corp.example,Cy,Eng\n"


@pytest.fixture(scope="session")
def aws() -> Iterator[Emulator]:
    """Two accounts; in each `ada` signs in and `robot` has an old key. Faults are to be cleared by who sets them."""
    now = datetime.now(UTC)
    with Emulator() as aws:
        for name, account_id in ACCOUNTS.items():
            account = aws.account(account_id)
            account.role(
                "Reader",
                external_id=f"cc-0123456789abcdef-{name}",
                trust_principal=aws.hub_arn,
                policy=sorted(READ_ACTIONS),
            )
            old = now - timedelta(days=400)
            account.user("ada", created=old, password_created=old, password_last_used=now - timedelta(days=1))
            robot = account.user("robot", created=old)
            account.key(robot, created=old, status="Active", last_used=old, service="s3", region="eu-west-1")
        yield aws


@pytest.fixture
def connected(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """The emulated AWS is the one this process finds, without faults before and after."""
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    aws.faults.clear()
    yield aws
    aws.faults.clear()


def furnish(root: Path) -> Home:
    """A home that lists both accounts and the roster."""
    home = Home(root)
    home.ensure()
    (home.root / "hr.csv").write_text(ROSTER)
    (home.root / "hr.csv").chmod(0o600)
    entries: list[dict[str, object]] = [
        {
            "name": name,
            "kind": "aws_iam",
            "role_arn": f"arn:aws:iam::{account_id}:role/Reader",
            "external_id": f"cc-0123456789abcdef-{name}",
        }
        for name, account_id in ACCOUNTS.items()
    ]
    columns = {"employee_id": "id", "email": "mail", "given_name": "first", "family_name": "last"}
    people = {"name": "people", "kind": "file", "path": "hr.csv", "authoritative": True, "columns": columns}
    add_connections(home, [*entries, people], os.environ)
    return home


@pytest.fixture(scope="session")
def first_sync(aws: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home after its first sync, made once. Not to be changed: take `synced`."""
    home = furnish(tmp_path_factory.mktemp("first") / "home")
    with aws.exported(os.environ):
        assert run_sync(home).exit_code is ExitCode.OK
    return home


@pytest.fixture
def synced(first_sync: Home, connected: Emulator, tmp_path: Path) -> Home:
    """A home of this test's own, after its first sync."""
    return Home(Path(shutil.copytree(first_sync.root, tmp_path / "synced")))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return furnish(tmp_path / "home")
