"""Servers, and a home whose settings name them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.home import Home
from tests.integration.alerts.servers import Certificate, MailServer, Webhook, certificate


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.ensure()
    return made


@pytest.fixture
def mail_server(trusted: Certificate) -> Iterator[MailServer]:
    with MailServer(certificate=trusted) as running:
        yield running


@pytest.fixture
def webhook(trusted: Certificate) -> Iterator[Webhook]:
    with Webhook(certificate=trusted) as running:
        yield running
