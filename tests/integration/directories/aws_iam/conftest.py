"""An emulated AWS, exported to the environment as a user's shell would have the real one."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from pipeline.demo.emulator import EmulatedAccount, Emulator
from tests.integration.directories.aws_iam.reading import ACCOUNT, NOW


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator(clock=lambda: NOW) as emulator, emulator.exported(os.environ):
        yield emulator


@pytest.fixture
def account(aws: Emulator) -> EmulatedAccount:
    return aws.account(ACCOUNT)
