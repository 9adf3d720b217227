"""The landing: every attempt to read a directory, and which snapshot is current."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from pipeline.directories.base import Snapshot
from pipeline.home import Home
from pipeline.landing import gates
from pipeline.landing.manifest import (
    MANIFEST,
    SET_ASIDE,
    LandedTable,
    Manifest,
    instant_of,
    new_snapshot_id,
    read_at,
)
from pipeline.landing.storage import FolderStorage, SnapshotStorage
from pipeline.problems import CertifyError, Problem
from pipeline.settings import Settings

_SERIES = re.compile(r"[a-z][a-z0-9_-]{0,60}")
Series = tuple[str, str]


class Landing:
    """Snapshots at rest. Any number of processes may write and read at once.

    `root` is a folder or `s3://bucket/prefix`; `environ` says where S3 is (default: the process's). Every method raises
    CertifyError `landing_unusable` when the place itself fails.
    """

    def __init__(self, root: str | Path, environ: Mapping[str, str] | None = None) -> None:
        self._place: SnapshotStorage
        if str(root).startswith("s3://"):
            from pipeline.landing.s3_storage import S3Storage

            with _usable(str(root)):
                self._place = S3Storage(str(root), os.environ if environ is None else environ)
        else:
            self._place = FolderStorage(Path(root))

    @classmethod
    def of(cls, home: Home, settings: Settings, environ: Mapping[str, str] | None = None) -> Landing:
        """The landing a home's settings name; a relative folder starts at the home."""
        if settings.landing.startswith("s3://"):
            return cls(settings.landing, environ)
        return cls(home.root / Path(settings.landing or home.landing).expanduser(), environ)

    def __str__(self) -> str:
        return str(self._place)

    def write(
        self,
        snapshot: Snapshot,
        *,
        run_id: str,
        accept_shrink: bool = False,
        max_shrink: float,
        max_shrink_rows: int,
        finished_at: datetime | None = None,
        is_authoritative: bool = False,
    ) -> Manifest:
        """Land an attempt, all of it or nothing, and give back what was written down about it.

        A complete snapshot is landed as `held`, unless `accept_shrink`, when beside the last good one of the same
        account its main table is empty, lost more than `max_shrink` of its rows, and at least `max_shrink_rows`, or has
        mostly other identifiers (`gates`). A roster (`is_authoritative`) that is empty from
        the start is held too. Snapshots that were read after `finished_at` are set aside first.
        """
        if snapshot.status == "complete" and snapshot.main_table not in snapshot.tables:
            raise ValueError(f"a complete snapshot of {snapshot.kind} needs its table '{snapshot.main_table}'")
        series = _series(snapshot.kind, snapshot.connection)
        finished_at = finished_at or datetime.now(UTC)
        with _usable(str(self)):
            self._set_aside(series, finished_at)
            held, previous_rows, epoch = None, None, ""
            previous = self.current(*series) if snapshot.status == "complete" else None
            snapshot_id = self._new_id(series, snapshot.as_of)
            if previous is None or previous.account_id != snapshot.account_id:
                held = gates.nobody_listed(snapshot) if is_authoritative and not accept_shrink else None
            else:
                previous_rows, epoch = previous.rows, previous.epoch
                others = self._renumbered(snapshot, previous, is_authoritative)
                held = gates.emptied(snapshot, previous)
                held = held or gates.shrank(snapshot, previous, max_shrink, max_shrink_rows) or others
                if accept_shrink:
                    held, epoch = None, snapshot_id if others else epoch
            with self._place.write(series, snapshot_id) as put:
                tables = {}
                for name, table in snapshot.tables.items():
                    content = _parquet(table)
                    digest = hashlib.sha256(content).hexdigest()
                    tables[name] = LandedTable(rows=table.num_rows, sha256=digest, file=f"{name}.parquet")
                    put(f"{name}.parquet", content)
                manifest = Manifest(
                    snapshot_id=snapshot_id,
                    connection=snapshot.connection,
                    kind=snapshot.kind,
                    account_id=snapshot.account_id,
                    endpoint=snapshot.endpoint,
                    status="held" if held else snapshot.status,
                    as_of=snapshot.as_of,
                    evidence_as_of=snapshot.evidence_as_of,
                    finished_at=finished_at,
                    run_id=run_id,
                    strategy=snapshot.strategy,
                    main_table=snapshot.main_table,
                    tables=tables,
                    coverage=tuple(snapshot.coverage),
                    problems=(*([held] if held else []), *snapshot.problems),
                    calls=snapshot.calls,
                    retries=snapshot.retries,
                    vanished=snapshot.vanished,
                    held_reason=held.message if held else "",
                    previous_rows=previous_rows,
                    id_source=snapshot.id_source,
                    epoch=epoch,
                )
                put(MANIFEST, manifest.to_json().encode())
        return manifest

    def current(self, kind: str, connection: str) -> Manifest | None:
        """The newest complete snapshot, or None."""
        return next((each for each in self._each(_series(kind, connection)) if each.status == "complete"), None)

    def newest(self, kind: str, connection: str) -> str | None:
        """The id of the newest attempt, whatever its status, or None; ids sort by time."""
        with _usable(str(self)):
            return next(iter(self._place.ids(_series(kind, connection))), None)

    def attempts(self, kind: str, connection: str, not_after: datetime | None = None) -> list[Manifest]:
        """Every attempt that is kept, newest first. One whose manifest cannot be read is told as failed.

        `not_after` leaves out those that were read later.
        """
        found = self._each(_series(kind, connection))
        return [each for each in found if not_after is None or each.as_of <= not_after]

    def from_the_future(self, kind: str, connection: str, now: datetime) -> dict[str, Problem]:
        """By snapshot id: those that were set aside, or that a clock which says `now` has not reached yet."""
        series = _series(kind, connection)
        with _usable(str(self)):
            found = [*self._place.aside(series), *_later(self._place.ids(series), now)]
        return {
            snapshot_id: Problem.of(
                "snapshot_from_future",
                connection=connection,
                snapshot_id=snapshot_id,
                as_of=f"{read_at(snapshot_id):%Y-%m-%d %H:%M} UTC",
                now=f"{now:%Y-%m-%d %H:%M} UTC",
                place=self,
                series="/".join(series),
                marker=SET_ASIDE,
            )
            for snapshot_id in found
        }

    def table(self, manifest: Manifest, name: str) -> pa.Table:
        """A table of a snapshot, verified. Raises CertifyError `snapshot_damaged` when it is not what was written."""
        landed = manifest.tables[name]
        with _usable(str(self)):
            try:
                content = self._place.read(
                    _series(manifest.kind, manifest.connection), manifest.snapshot_id, landed.file
                )
            except FileNotFoundError:
                raise CertifyError(_damaged(manifest, landed.file, "is missing")) from None
        if hashlib.sha256(content).hexdigest() != landed.sha256:
            raise CertifyError(_damaged(manifest, landed.file, "has another SHA-256 than the manifest says"))
        return pq.read_table(pa.BufferReader(content))

    def prune(self, kind: str, connection: str, keep: int) -> int:
        """Take away all but the newest `keep` attempts, never the current one; how many went."""
        series, current = _series(kind, connection), self.current(kind, connection)
        with _usable(str(self)):
            surplus = [
                each for each in self._place.ids(series)[max(keep, 0) :] if not current or each != current.snapshot_id
            ]
            for snapshot_id in surplus:
                self._place.remove(series, snapshot_id)
        return len(surplus)

    def _set_aside(self, series: Series, now: datetime) -> None:
        """Mark what was read later than now; it would count again, in place of newer ones, once that time has come."""
        for snapshot_id in _later(self._place.ids(series), now):
            why = {"snapshot_id": snapshot_id, "set_aside_at": now.isoformat(), "reason": "read later than this"}
            self._place.set_aside(series, snapshot_id, json.dumps(why).encode())

    def _renumbered(self, snapshot: Snapshot, previous: Manifest, is_authoritative: bool) -> Problem | None:
        def earlier() -> pa.Table:
            return self.table(previous, previous.main_table)

        with contextlib.suppress(CertifyError):  # damaged: the load says so, and there is nothing to compare with
            return gates.renumbered(snapshot, previous, earlier, is_authoritative=is_authoritative)
        return None

    def _each(self, series: Series) -> Iterator[Manifest]:
        with _usable(str(self)):
            snapshot_ids = self._place.ids(series)
        for snapshot_id in snapshot_ids:
            content = None
            with _usable(str(self)), contextlib.suppress(FileNotFoundError):  # pruned since it was listed
                content = self._place.read(series, snapshot_id, MANIFEST)
            if content is not None:
                yield _parsed(content, series, snapshot_id)

    def _new_id(self, series: Series, as_of: datetime) -> str:
        """An id for an attempt of that instant; when there is one already, of the next free microsecond after it."""
        taken = {instant_of(each) for each in self._place.ids(series)}
        while instant_of(snapshot_id := new_snapshot_id(as_of)) in taken:
            as_of += timedelta(microseconds=1)
        return snapshot_id


def _later(snapshot_ids: Iterable[str], now: datetime) -> list[str]:
    """Those that were read later than `now`, beyond what clocks may differ."""
    return [each for each in snapshot_ids if read_at(each) > now + gates.CLOCK_TOLERANCE]


def _parsed(content: bytes, series: Series, snapshot_id: str) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(content)
        if (manifest.kind, manifest.connection, manifest.snapshot_id) == (*series, snapshot_id):
            return manifest
        reason = "speaks of another snapshot"
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        reason = f"cannot be read ({'.'.join(map(str, first['loc']))} {first['msg']})"
    instant = read_at(snapshot_id)
    kind, connection = series
    broken = Manifest(
        snapshot_id=snapshot_id,
        connection=connection,
        kind=kind,
        status="failed",
        as_of=instant,
        finished_at=instant,
        run_id="",
        strategy="",
    )
    return broken.model_copy(update={"problems": (_damaged(broken, MANIFEST, reason),)})


def _damaged(manifest: Manifest, file: str, reason: str) -> Problem:
    return Problem.of(
        "snapshot_damaged",
        connection=manifest.connection,
        file=file,
        snapshot_id=manifest.snapshot_id,
        reason=reason,
    )


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue())


def _series(kind: str, connection: str) -> Series:
    for part in (kind, connection):
        if not _SERIES.fullmatch(part):
            raise ValueError(f"{part!r} cannot be part of a snapshot's path")
    return kind, connection


@contextlib.contextmanager
def _usable(place: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        problem = Problem.of("landing_unusable", place=place, reason=error.strerror or str(error))
        raise CertifyError(problem) from error
