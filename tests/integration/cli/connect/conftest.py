"""An emulated AWS in this process' environment, and an administrator who does what the files say."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.home import Home

ACCOUNT = "111122223333"
ROLE = "CertificationCenterReadOnly"


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator() as emulator, emulator.exported(os.environ):
        yield emulator


@pytest.fixture
def account(aws: Emulator) -> EmulatedAccount:
    made = aws.account(ACCOUNT)
    alice = made.user("alice")
    made.key(alice)
    return made


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """The home that the `certify` fixture works on."""
    return Home(tmp_path / "home")


@pytest.fixture
def applied(account: EmulatedAccount, home: Home) -> Callable[..., str]:
    """Make the role as the files of a connection say, or give the one there is their trust policy; its ARN."""

    def apply(name: str = "production", size: str = "recommended", role: str = ROLE, folder: Path | None = None) -> str:
        files = folder or home.exports / "connect" / name
        trust = json.loads((files / "trust-policy.json").read_text())
        allowed = json.loads((files / f"permission-policy-{size}.json").read_text())
        if role in {each.name for each in account.state.backend.roles.values()}:
            account.role_trust(role, trust)
        else:
            account.role(role, trust=trust, policy=allowed)
        return f"arn:aws:iam::{ACCOUNT}:role/{role}"

    return apply
