"""What an asset needs from outside: the home, and somebody to tell.

Belongs here: thin resources that hand out plain objects of the domain.
Does not belong here: doing anything with them.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from pipeline.connections.models import Connection
from pipeline.connections.yaml_file import load_connections
from pipeline.home import Home
from pipeline.landing.store import Landing
from pipeline.problems import Locked
from pipeline.settings import Settings, load_settings


@dataclass(frozen=True)
class HomeResource:
    """The home that a run works on, read afresh whenever it is asked: connections and settings change between runs.

    No ConfigurableResource: the run config of the pages could then point a run at another folder, or past its lock.

    root       folder of the home; empty: CERTIFY_HOME, or .certify in the current folder
    is_locked  whether the process that started the run already holds the home's lock
    """

    root: str = ""
    is_locked: bool = False

    @property
    def home(self) -> Home:
        """The home, with its folders made."""
        home = Home.locate(Path(self.root) if self.root else None, os.environ)
        home.ensure()
        return home

    @property
    def settings(self) -> Settings:
        return load_settings(self.home, os.environ)

    @property
    def connections(self) -> list[Connection]:
        return load_connections(self.home, os.environ)

    @property
    def landing(self) -> Landing:
        return Landing.of(self.home, self.settings, os.environ)

    @contextlib.contextmanager
    def writing(self, purpose: str) -> Iterator[Home]:
        """The home, as its only writer. While somebody else is, the step waits its turn: it is retried every 20 s."""
        if self.is_locked:
            yield self.home
            return
        try:
            with self.home.lock(purpose):
                yield self.home
        except Locked as error:
            raise dg.RetryRequested(max_retries=90, seconds_to_wait=20) from error
