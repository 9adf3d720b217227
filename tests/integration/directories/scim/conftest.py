"""A SCIM service for a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.directories.scim.service import Service


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as running:
        yield running
