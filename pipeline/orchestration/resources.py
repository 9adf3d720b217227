"""Resources of the assets: the home, and the progress of a run."""

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


class WriterLock:
    """The home's lock as one run has it: taken by its first step that writes, and kept until the run has ended.

    Between two steps of a run no other process loads, builds or publishes: what is published is what was tested.
    """

    def __init__(self, home: HomeResource) -> None:
        self._home = home
        self._held = contextlib.ExitStack()
        self._is_held = home.is_locked

    def hold(self) -> Home:
        """The home, with this run as its only writer. While another process is, the step is retried every 20 s."""
        if not self._is_held:
            try:
                self._held.enter_context(self._home.home.lock("a run of the Dagster pages, which builds and publishes"))
            except Locked as error:
                raise dg.RetryRequested(max_retries=90, seconds_to_wait=20) from error
            self._is_held = True
        return self._home.home

    def release(self) -> None:
        """Give it back."""
        self._held.close()


@dg.resource(required_resource_keys={"home"}, description="The home's lock, from the first step that writes on.")
def writer_lock(context: dg.InitResourceContext) -> Iterator[WriterLock]:
    """One for each run; Dagster closes it when the run ends, however it does."""
    lock = WriterLock(context.resources.home)
    try:
        yield lock
    finally:
        lock.release()
