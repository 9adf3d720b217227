"""A slapd for a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.directories.ldap.slapd import Slapd, slapd


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Slapd]:
    (folder := tmp_path / "slapd").mkdir()
    with slapd(folder, ["lastbind on", "overlay ppolicy"]) as running:
        yield running
