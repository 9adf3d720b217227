"""What holds for every test, and the one demo run that end-to-end tests share."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import settings

from pipeline.cli.logs import QUIETED
from pipeline.demo.company import Company
from pipeline.demo.start import attach
from pipeline.home import Home
from tests.integration.cli.running import Ran, in_a_process
from tests.promises.plugin import Promises, promise

__all__ = ["promise"]

# Speed is measured in benchmarks/; a busy machine must not fail a promise about values. The blob repeats a failure.
settings.register_profile("ours", deadline=None, print_blob=True)
settings.load_profile("ours")

# A script runs what it puts into the background with Ctrl-C ignored, and every process of a test would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

SOMEBODY = {
    "AWS_PROFILE": "somebody-elses",
    "AWS_ACCESS_KEY_ID": "AKIACANARYCANARY0000",
    "AWS_SECRET_ACCESS_KEY": "canary-of-a-secret-key",
    "AWS_SESSION_TOKEN": "canary-of-a-session-token",
}
"""Credentials of the person at the terminal: the demo must work without them, and must not touch them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record-promises", action="store_true", help="write down the figures of tests that keep promises"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Promises(config), "promises")


@pytest.fixture(autouse=True)
def _log_levels_are_given_back() -> Iterator[None]:
    """A command run in this process sets them for good, and the next test listens for what it silenced."""
    levels = {name: logging.getLogger(name).level for name in ("", *QUIETED, "botocore.credentials")}
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@dataclass(frozen=True)
class DemoRun:
    """A home after `certify demo`, what the command said, and the company that is in it. Not to be changed: copy it."""

    home: Home
    ran: Ran
    company: Company


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """`certify demo` in a process of its own, once for all tests."""
    home = Home(tmp_path_factory.mktemp("demo") / "home")
    ran = in_a_process("demo", "--home", str(home.root), environ=SOMEBODY)
    assert ran.code == 0, ran.err
    with attach(home, {}) as running:
        assert running is not None
        return DemoRun(home, ran, running.company)
