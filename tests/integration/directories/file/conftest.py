"""What the tests of files share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.directories.file.rosters import Roster


@pytest.fixture
def roster(tmp_path: Path) -> Roster:
    return Roster(tmp_path)
