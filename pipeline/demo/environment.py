"""Starts the sample company's emulated AWS and LDAP server for as long as a command needs them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.home import Home
from pipeline.problems import ConfigurationError, Problem, Refused

if TYPE_CHECKING:
    from pipeline.demo.start import Demo


@contextlib.contextmanager
def reachable(home: Home) -> Iterator[None]:
    """Meanwhile this process finds what the home is about: what is emulated for the sample company, or as ever."""
    from pipeline.demo.start import attach

    with _installed(), attach(home, os.environ):
        yield


@contextlib.contextmanager
def sample_company(home: Home, now: datetime) -> Iterator[Demo]:
    """The sample company in this home, made when there is none. Raises Refused for a home of real connections."""
    from pipeline.demo.start import start

    if home.connections_file.exists() and not home.demo_file.exists():
        raise Refused(Problem.of("demo_refused", home=home.root))
    with _installed(), start(home, now, os.environ) as demo:
        yield demo


@contextlib.contextmanager
def _installed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] in ("moto", "werkzeug", "flask"):
            raise ConfigurationError(Problem.of("demo_missing", module=error.name)) from error
        raise
