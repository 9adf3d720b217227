"""The plugin over the tests of another folder, the current one: for the tests of the plugin itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.promises.plugin import Promises, promise

__all__ = ["promise"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record-promises", action="store_true")


def pytest_configure(config: pytest.Config) -> None:
    here = Path.cwd()
    config.pluginmanager.register(Promises(config, here, here / "figures.json", here / "promises.md"), "promises")
