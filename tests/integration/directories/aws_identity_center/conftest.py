"""An emulated organization with an Identity Center, exported to the environment."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from pipeline.demo.emulator import Emulator
from tests.integration.directories.aws_identity_center.centers import NOW


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with Emulator(clock=lambda: NOW) as emulator, emulator.exported(os.environ):
        yield emulator
