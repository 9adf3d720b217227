"""Runs a whole sync in this process, on the home's Dagster instance.

Its runs, checks and lineage are those of the pages: the same jobs, recorded in the same place.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from pipeline.connections.yaml_file import choose, load_connections
from pipeline.home import Home
from pipeline.orchestration.build_definitions import build_defs
from pipeline.orchestration.instance import CERTIFY_SYNC, READER, STARTED_BY, fail_abandoned_runs, open_instance
from pipeline.orchestration.jobs import BUILD, extract_requests
from pipeline.orchestration.partition_sync import follow
from pipeline.orchestration.resources import HomeResource
from pipeline.problems import CertifyError
from pipeline.progress import Progress, silent
from pipeline.readers import readers, reading
from pipeline.settings import load_settings
from pipeline.sync import Journal, SyncOutcome

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
TAGS = {STARTED_BY: CERTIFY_SYNC, ".dagster/repository": "__repository__@pipeline.definitions"}
"""The second is how the pages know which code location a run is of."""
SETTING_UP = 2.0
"""Seconds to wait for another sync that is about to begin reading: it holds the lock for less than one."""
PATIENCE = 600.0
"""Seconds to wait, after the reads, for whoever builds tables meanwhile."""


def run_sync(
    home: Home,
    names: Sequence[str] = (),
    accept_shrink: Sequence[str] = (),
    fresh: bool = False,
    progress: Progress = silent,
    environ: Mapping[str, str] | None = None,
) -> SyncOutcome:
    """Read the connections of these names (all, without), load, build, test and publish.

    The home is locked for loading, building and publishing, never while a directory is read: a directory may take as
    long as `read_deadline` to answer. What goes wrong with a connection, or with the tables, is in the outcome. Raises
    ConfigurationError for files and names that are wrong, Locked when another process writes to the home or reads one
    of these connections; nothing has happened then. Raises Locked, too, when the lock is not free in `PATIENCE` seconds
    after the reads: what was read is landed, and the next sync loads it.
    """
    home.ensure()
    environ = os.environ if environ is None else environ
    connections = load_connections(home, environ)
    chosen = choose(connections, names, home)
    choose(connections, accept_shrink, home)
    load_settings(home, environ)
    with contextlib.ExitStack() as stack:
        with home.lock(CERTIFY_SYNC, wait=SETTING_UP):
            instance = stack.enter_context(open_instance(home))
            alive = [reader.token for reader in readers(home)]
            token = stack.enter_context(reading(home, [connection.name for connection in chosen]))
            fail_abandoned_runs(instance, alive)
            follow(instance, connections)
        tags = {**TAGS, READER: token}
        journal = Journal(progress)
        resources = {"home": HomeResource(root=str(home.root), is_locked=True), "journal": journal}
        defs = build_defs(resources=resources)
        for request in extract_requests(instance, chosen, accept_shrink=accept_shrink, fresh=fresh):
            _execute(defs, instance, str(request.job_name), request.run_config or {}, {**tags, **request.tags})
        stack.enter_context(home.lock(CERTIFY_SYNC, wait=PATIENCE))
        try:
            _execute(defs, instance, BUILD, {}, tags)
        except CertifyError as error:
            journal.failure = error.problem
        except dg.Failure:
            if journal.failure is None:
                raise
        return journal.outcome()


def _execute(
    defs: dg.Definitions,
    instance: dg.DagsterInstance,
    job: str,
    config: Mapping[str, Any],
    tags: dict[str, str],
) -> None:
    """Carry out a run here and now; raises what its steps raise."""
    definition = defs.resolve_job_def(job)
    try:
        definition.execute_in_process(run_config={**QUIET, **config}, instance=instance, tags=tags)
    except dg.DagsterExecutionInterruptedError as error:
        raise KeyboardInterrupt from error
