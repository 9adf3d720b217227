"""Reads connections in parallel and lands each result."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from pipeline.connections.models import Connection
from pipeline.directories.base import Directory, Snapshot
from pipeline.directories.registry import directory_for
from pipeline.disk_space import disk_full, is_full
from pipeline.landing.manifest import Manifest, new_snapshot_id
from pipeline.landing.store import Landing
from pipeline.problems import CertifyError, Problem
from pipeline.progress import Progress, silent
from pipeline.read_limits import CancelledReadError, ReadBudget, ReadLimits, within
from pipeline.settings import Settings

Clock = Callable[[], datetime]

logger = logging.getLogger(__name__)


def extract(
    connection: Connection,
    *,
    landing: Landing,
    settings: Settings,
    as_of: datetime,
    run_id: str,
    accept_shrink: bool = False,
    fresh: bool = False,
    progress: Progress = silent,
    directory: Directory | None = None,
    stop: threading.Event | None = None,
) -> Manifest:
    """Read one connection, land the attempt, and prune older ones; gives back what was written down.

    `fresh`: nothing is taken from an answer that the directory made earlier, such as a reused credential report. The
    read has as long as `read_deadline`; with `stop` set it raises CancelledReadError at its next step.

    Never raises for what a directory or the landing does: that is a failed attempt. Where even that could not be
    landed, the manifest given back is not on disk, and its problem says so.
    """
    budget = ReadBudget(ReadLimits.of(settings), connection.name, stop=stop)

    def noted(connection: str, stage: str, done: int, total: int | None) -> None:
        budget.note(stage, done)
        progress(connection, stage, done, total)

    try:
        directory = directory or directory_for(connection.kind, settings, fresh=fresh)
        with within(budget):
            snapshot = directory.read(connection, as_of=as_of, run_id=run_id, progress=noted)
    except Exception as error:
        snapshot = _failed(connection, as_of, _problem(connection, error))
    if budget.failure is not None:  # whatever a library made of it on its way here
        snapshot = replace(snapshot, status="failed", tables={}, problems=[budget.failure])
    try:
        manifest = landing.write(
            snapshot,
            run_id=run_id,
            accept_shrink=accept_shrink,
            max_shrink=settings.max_shrink,
            max_shrink_rows=settings.max_shrink_rows,
            is_authoritative=connection.authoritative,
        )
    except Exception as error:
        full = disk_full(Path(str(landing)), connection.name) if is_full(error) else None
        failed = _failed(connection, as_of, full or _problem(connection, error), *snapshot.problems)
        return _not_landed(failed, run_id)
    try:
        landing.prune(connection.kind, connection.name, settings.keep_snapshots)
    except CertifyError:
        logger.warning("older snapshots of '%s' could not be pruned", connection.name, exc_info=True)
    return manifest


def extract_many(
    connections: Sequence[Connection],
    *,
    landing: Landing,
    settings: Settings,
    clock: Clock,
    run_id: str,
    accept_shrink: Collection[str] = (),
    fresh: bool = False,
    progress: Progress = silent,
) -> list[Manifest]:
    """`collect` for each connection, `max_connections_at_once` side by side; manifests in the order of the connections.

    Each is as of the instant its own read begins, by `clock`: of many, the last ones wait for the first.
    `accept_shrink` names connections. On KeyboardInterrupt reads under way are abandoned, nothing of them is landed,
    and the interrupt goes on.
    """
    stop = threading.Event()

    def told(connection: str, stage: str, done: int, total: int | None) -> None:
        if stop.is_set():
            raise CancelledReadError
        progress(connection, stage, done, total)

    def one(connection: Connection) -> Manifest:
        told(connection.name, "start", 0, None)
        return extract(
            connection,
            landing=landing,
            settings=settings,
            as_of=clock(),
            run_id=run_id,
            accept_shrink=connection.name in accept_shrink,
            fresh=fresh,
            progress=told,
            stop=stop,
        )

    pool = ThreadPoolExecutor(max_workers=settings.max_connections_at_once, thread_name_prefix="connection")
    try:
        futures: list[Future[Manifest]] = [pool.submit(one, connection) for connection in connections]
        while wait(futures, timeout=0.2, return_when=FIRST_EXCEPTION).not_done:
            if any(future.done() and future.exception() for future in futures):
                break  # no failure of a directory: those are manifests
        return [future.result() for future in futures]
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _problem(connection: Connection, error: Exception) -> Problem:
    """What a user can do about `error`; what nobody foresaw goes to the log with all of its traceback."""
    if isinstance(error, CertifyError):
        return error.problem
    logger.error("connection '%s' failed unexpectedly", connection.name, exc_info=error)
    text = f"{type(error).__name__}: {error}"
    for value in dict(connection).values():
        if isinstance(value, SecretStr):
            text = text.replace(value.get_secret_value(), "...")
    return Problem.of("unexpected", connection=connection.name, error=text[:1000].encode(errors="replace").decode())


def _failed(connection: Connection, as_of: datetime, *problems: Problem) -> Snapshot:
    return Snapshot(
        connection=connection.name,
        kind=connection.kind,
        as_of=as_of,
        status="failed",
        strategy="none",
        problems=problems,
        account_id=getattr(connection, "account_id", ""),
    )


def _not_landed(failed: Snapshot, run_id: str) -> Manifest:
    return Manifest(
        snapshot_id=new_snapshot_id(failed.as_of),
        connection=failed.connection,
        kind=failed.kind,
        account_id=failed.account_id,
        endpoint=failed.endpoint,
        status="failed",
        as_of=failed.as_of,
        finished_at=datetime.now(UTC),
        run_id=run_id,
        strategy=failed.strategy,
        problems=tuple(failed.problems),
    )
