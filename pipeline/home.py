"""One isolated workspace on disk: its paths, permissions and lock."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.problems import ConfigurationError, Locked, Problem

FOLDER_MODE, FILE_MODE = 0o700, 0o600
TRIAL, TRIALS_LOCK = ".what-if-", "what-if.lock"
LEFTOVER_AGE = 3600.0
"""Seconds after which a temporary file of `private_write` can only belong to a killed process."""


@dataclass(frozen=True)
class Home:
    """A workspace; nothing is touched before `ensure`. With `judged_as_of` it is read as judged for that instant."""

    root: Path
    judged_as_of: datetime | None = None

    @classmethod
    def locate(cls, flag: Path | None, environ: Mapping[str, str]) -> Home:
        """The home a command works on: `--home`, else `CERTIFY_HOME`, else `.certify` in the current folder."""
        chosen = flag or Path(environ.get("CERTIFY_HOME") or ".certify")
        return cls(chosen.expanduser().absolute())

    @property
    def connections_file(self) -> Path:
        return self.root / "connections.yaml"

    @property
    def settings_file(self) -> Path:
        return self.root / "settings.yaml"

    @property
    def landing(self) -> Path:
        """Where snapshots lie unless `landing` in the settings says otherwise."""
        return self.root / "landing"

    @property
    def warehouse(self) -> Path:
        """The pipeline's own DuckDB file; nobody else opens it."""
        return self.root / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """The analysts' read-only DuckDB file."""
        if self.judged_as_of is not None:
            return self.time_travels / f"{self.judged_as_of:%Y-%m-%dT%H%M%S}{_fraction(self.judged_as_of)}Z.duckdb"
        return self.root / "certification.duckdb"

    @property
    def time_travels(self) -> Path:
        """Where `certify sync --as-of` writes, one file an instant."""
        return self.exports / "as-of"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger.sqlite"

    @property
    def audit(self) -> Path:
        return self.root / "audit.jsonl"

    @property
    def exports(self) -> Path:
        return self.root / "exports"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME."""
        return self.root / "dagster"

    @property
    def alerts_file(self) -> Path:
        """Which failing checks have been told, and what of it is still to be delivered."""
        return self.root / "alerts.json"

    @property
    def demo_file(self) -> Path:
        """Present when this home is the sample company's."""
        return self.root / "demo.json"

    @property
    def lock_file(self) -> Path:
        """The lock of who writes to the warehouse."""
        return self.root / "lock"

    def ensure(self) -> None:
        """Make the folders, private to this user, and let this process make nothing that others can read.

        Raises ConfigurationError when the root cannot be a home.
        """
        os.umask(0o077)
        try:
            if self.root.resolve() in (Path(self.root.anchor), Path.home().resolve()):
                raise _unusable(self.root, "is not a folder of its own, and would be closed to everybody else")
            self.root.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            if self.root.stat().st_mode & 0o1000:
                raise _unusable(self.root, "is shared with others (sticky), and would be closed to them")
            for folder in (self.root, self.landing, self.exports, self.dagster):
                folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
                if folder.stat().st_mode & 0o777 != FOLDER_MODE:
                    folder.chmod(FOLDER_MODE)
            _sweep_leftovers(self.root)
            self._sweep_trials()
        except OSError as error:
            raise _unusable(self.root, f"cannot be made or closed to others ({error.strerror})") from error

    def _sweep_trials(self) -> None:
        """Remove the copies of trials whose process was killed; one that is at work holds the lock of trials."""
        left = list(self.root.glob(f"{TRIAL}*/"))
        if left:
            with contextlib.suppress(Locked), self.lock("sweeping", name=TRIALS_LOCK):
                for folder in left:
                    shutil.rmtree(folder, ignore_errors=True)

    @contextlib.contextmanager
    def trial(self) -> Iterator[Home]:
        """A home of its own inside this one for a what-if, removed at the end; one at a time, or Locked is raised."""
        with (
            self.lock("what-if", wait=600, name=TRIALS_LOCK),
            tempfile.TemporaryDirectory(prefix=TRIAL, dir=self.root) as folder,
        ):
            home = Home(Path(folder))
            home.ensure()
            yield home

    @contextlib.contextmanager
    def lock(self, purpose: str, *, wait: float = 0.0, name: str = "lock") -> Iterator[None]:
        """Be the only writer of this home, or raise `Locked` after `wait` seconds. Another `name` is another lock.

        The operating system frees the lock when its owner dies, however it dies. The lock excludes other threads too,
        and cannot be taken twice.
        """
        descriptor = os.open(self.root / name, os.O_RDWR | os.O_CREAT, FILE_MODE)
        owner = os.getpid()
        try:
            _acquire(descriptor, self, until=time.monotonic() + wait)
            since = datetime.now(UTC).isoformat(timespec="seconds")
            _write_owner(descriptor, json.dumps({"pid": owner, "since": since, "purpose": purpose}))
            try:
                yield
            finally:
                if os.getpid() == owner:  # a forked child must not free its parent's lock
                    _write_owner(descriptor, "")
                    fcntl.flock(descriptor, fcntl.LOCK_UN)
        finally:
            os.close(descriptor)


def private_write(path: Path, content: str | bytes) -> None:
    """Replace the whole of `path`, or leave it as it was; readable by this user only. A symbolic link is followed."""
    target = path.resolve()
    beside = target.with_name(f".{target.name}.{secrets.token_hex(6)}.tmp")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make renames inside `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fraction(instant: datetime) -> str:
    return f"-{instant.microsecond:06d}" if instant.microsecond else ""


def _acquire(descriptor: int, home: Home, *, until: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                raise Locked(_held_by(descriptor, home)) from None
            time.sleep(0.1)


def _held_by(descriptor: int, home: Home) -> Problem:
    """Who holds the lock; an owner that took it this very moment has not written its name yet."""
    owner: dict[str, object] = {}
    for _ in range(20):
        with contextlib.suppress(ValueError):
            owner = json.loads(os.pread(descriptor, 4096, 0))
            break
        time.sleep(0.01)
    return Problem.of(
        "locked",
        home=home.root,
        pid=owner.get("pid", "unknown"),
        since=owner.get("since", "a moment ago"),
        purpose=owner.get("purpose", "purpose unknown"),
    )


def _write_owner(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)


def _sweep_leftovers(folder: Path) -> None:
    for leftover in folder.glob(".*.tmp"):
        with contextlib.suppress(FileNotFoundError):
            if leftover.stat().st_mtime < time.time() - LEFTOVER_AGE:
                leftover.unlink()


def _unusable(root: Path, reason: str) -> ConfigurationError:
    return ConfigurationError(Problem.of("home_unusable", home=root, reason=reason))
