"""A sync that is killed, with its Dagster and its dbt: analysts keep the last good file, and the next one works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import dagster as dg
import pytest

from pipeline.demo.emulator import Emulator
from pipeline.home import Home
from pipeline.orchestration.instance import open_instance
from pipeline.orchestration.run import run_sync
from pipeline.problems import ExitCode
from pipeline.warehouse.query import query

SYNC = """
import sys
from pathlib import Path
from pipeline.home import Home
from pipeline.orchestration.run import run_sync

def told(connection, stage, done, total):
    print(stage, done, flush=True)

run_sync(Home(Path(sys.argv[1])), progress=told)
"""
POINTS = [
    "build 90",
    *(pytest.param(each, marks=pytest.mark.soak) for each in ("start 0", "load 0", "build 20", "publish 0")),
]


def sync_killed_at(home: Home, point: str) -> None:
    """Kill a sync as soon as it says that it is there."""
    command = [sys.executable, "-c", SYNC, str(home.root)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == point:
            process.send_signal(signal.SIGKILL)
            break
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL, f"never came to {point}"


@pytest.mark.promise("P1")
@pytest.mark.parametrize("point", POINTS)
def test_killed_at(synced: Home, point: str) -> None:
    before = query(synced, "select run_id, published_at from operations.publication").rows

    sync_killed_at(synced, point)

    assert query(synced, "select run_id, published_at from operations.publication").rows == before
    began = time.monotonic()
    outcome = run_sync(synced)
    assert outcome.exit_code is ExitCode.OK
    assert outcome.published is not None
    assert time.monotonic() - began < 300
    assert query(synced, "select run_id, published_at from operations.publication").rows != before
    with open_instance(synced) as instance:
        runs = [run.status for run in instance.get_runs()]
    assert dg.DagsterRunStatus.STARTED not in runs
    assert runs.count(dg.DagsterRunStatus.FAILURE) <= 1
    assert not list(synced.root.glob(".*.tmp*"))
    assert not list(synced.landing.glob("*/*/.*.partial"))


def test_interrupted_by_the_keyboard(synced: Home, connected: Emulator) -> None:
    """Ctrl-C is not a failure of anything: it comes out as what it is."""
    before = query(synced, "select run_id from operations.publication").rows

    def told(connection: str, stage: str, done: int, total: int | None) -> None:
        if stage == "load":
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        run_sync(synced, progress=told)
    assert query(synced, "select run_id from operations.publication").rows == before
    assert run_sync(synced).exit_code is ExitCode.OK
