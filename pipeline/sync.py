"""The journal and the result of a sync, whether a command or Dagster runs it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.landing.manifest import Manifest
from pipeline.problems import ExitCode, Problem
from pipeline.progress import Progress, silent
from pipeline.warehouse.build import BuildResult
from pipeline.warehouse.load import LoadResult
from pipeline.warehouse.publish import Publication

STAGES = ("read", "load", "build", "publish")


@dataclass(frozen=True)
class SyncOutcome:
    """What came of a sync.

    `manifests` has one attempt for each connection that was to be read. What is None did not happen, or did not
    succeed; `failure` says why when the whole sync is at fault and not a connection. `seconds` is by stage.
    """

    manifests: tuple[Manifest, ...] = ()
    loaded: LoadResult | None = None
    built: BuildResult | None = None
    published: Publication | None = None
    failure: Problem | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything a user should do something about: of attempts that are not complete, of the load, of the build."""
        of_reads = (problem for manifest in self.manifests if not is_good(manifest) for problem in manifest.problems)
        of_load = (*self.loaded.failed.values(), *self.loaded.set_aside) if self.loaded else ()
        of_all = (self.failure,) if self.failure else ()
        return (*of_reads, *of_load, *of_all)

    @property
    def exit_code(self) -> ExitCode:
        """The failure's own when nothing was published; otherwise as the reads went."""
        if any(problem.code == "disk_full" for problem in self.problems):
            return ExitCode.UNEXPECTED
        if self.failure is not None:
            return self.failure.exit_code
        code = exit_code(self.manifests)
        if code is ExitCode.OK and self.loaded is not None and self.loaded.failed:
            return ExitCode.PARTIAL
        return code


@dataclass
class Journal:
    """Told by each step of a sync what it did; `progress` is told how far it is.

    Stages that are about no connection have an empty name: `progress("", "build", 12, 120)`.
    """

    progress: Progress = silent
    manifests: list[Manifest] = field(default_factory=list)
    loaded: LoadResult | None = None
    built: BuildResult | None = None
    published: Publication | None = None
    failure: Problem | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Take the time of a stage; one that comes twice is added up."""
        began = time.monotonic()
        if name != "read":
            self.progress("", name, 0, None)
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - began

    def node_done(self, name: str, done: int, total: int) -> None:
        """One more model or test is done; `name` is not told, there are too many."""
        del name
        self.progress("", "build", done, total)

    def outcome(self) -> SyncOutcome:
        """What has come of it so far."""
        return SyncOutcome(
            manifests=tuple(self.manifests),
            loaded=self.loaded,
            built=self.built,
            published=self.published,
            failure=self.failure,
            seconds=dict(self.seconds),
        )


def is_good(manifest: Manifest) -> bool:
    """Whether the attempt gave a snapshot that can be current."""
    return manifest.status == "complete"


def exit_code(manifests: Iterable[Manifest]) -> ExitCode:
    """What the reads amount to: all good, some not, none; or none only because of the gate that holds what shrank."""
    statuses = [manifest.status for manifest in manifests]
    good = statuses.count("complete")
    if good == len(statuses):
        return ExitCode.OK
    if good:
        return ExitCode.PARTIAL
    return ExitCode.REFUSED if set(statuses) == {"held"} else ExitCode.CONNECTION
