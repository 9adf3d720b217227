"""A sync from beginning to end, in this process, on the home's own Dagster instance.

Belongs here: the order of the runs, the lock around them, and the outcome.
Does not belong here: what the runs do (`assets`), or showing any of it (the command).

Its runs, checks and lineage are those of the pages: the same jobs, recorded in the same place.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError

from pipeline.connections.yaml_file import choose, load_connections
from pipeline.directories.base import Progress, silent
from pipeline.home import Home
from pipeline.orchestration.assemble import build_defs
from pipeline.orchestration.following import follow
from pipeline.orchestration.instance import CERTIFY_SYNC, STARTED_BY, fail_abandoned_runs, open_instance
from pipeline.orchestration.jobs import BUILD, extract_requests
from pipeline.orchestration.resources import HomeResource
from pipeline.problems import CertifyError
from pipeline.settings import load_settings
from pipeline.sync import Journal, SyncOutcome

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
TAGS = {STARTED_BY: CERTIFY_SYNC, ".dagster/repository": "__repository__@pipeline.definitions"}
"""The second is how the pages know which code location a run is of."""


def run_sync(
    home: Home,
    names: Sequence[str] = (),
    as_of: datetime | None = None,
    accept_shrink: Sequence[str] = (),
    fresh: bool = False,
    progress: Progress = silent,
    environ: Mapping[str, str] | None = None,
) -> SyncOutcome:
    """Read the connections of these names (all, without), load, build, test and publish; the home is locked meanwhile.

    What goes wrong with a connection, or with the tables, is in the outcome. Raises ConfigurationError for files and
    names that are wrong, Locked when somebody else is at work here; nothing has happened then.
    """
    home.ensure()
    environ = os.environ if environ is None else environ
    connections = load_connections(home, environ)
    chosen = choose(connections, names, home)
    choose(connections, accept_shrink, home)
    load_settings(home, environ)
    with home.lock(CERTIFY_SYNC), open_instance(home) as instance:
        fail_abandoned_runs(instance)
        follow(instance, connections)
        journal = Journal(progress)
        resources = {"home": HomeResource(root=str(home.root), is_locked=True), "journal": journal}
        defs = build_defs(resources=resources)
        for request in extract_requests(instance, chosen, accept_shrink=accept_shrink, fresh=fresh):
            _execute(defs, instance, str(request.job_name), request.run_config or {}, request.tags)
        config = {"ops": {"load": {"config": {"as_of": as_of.isoformat()}}}} if as_of else {}
        try:
            _execute(defs, instance, BUILD, config, {})
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
    tags: Mapping[str, str],
) -> None:
    """Carry out a run here and now; raises what its steps raise."""
    definition = defs.resolve_job_def(job)
    try:
        definition.execute_in_process(run_config={**QUIET, **config}, instance=instance, tags={**TAGS, **tags})
    except DagsterExecutionInterruptedError as error:
        raise KeyboardInterrupt from error
