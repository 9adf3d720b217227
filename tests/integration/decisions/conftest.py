"""A home in which a small company was published."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.home import Home
from tests.integration.decisions.company import publish_company


@pytest.fixture
def home(tmp_path: Path) -> Home:
    chosen = Home(tmp_path / "home")
    chosen.ensure()
    publish_company(chosen)
    return chosen
