"""Stores snapshots in a folder; each is whole or absent.

Layout of both: `<kind>/<connection>/<snapshot_id>/<table>.parquet` and `manifest.json`. On disk a snapshot is written
in a folder beside, which is renamed once all of it is safely down. In S3, which cannot rename, the manifest is put
last, and a snapshot without one does not exist.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from pipeline.home import FILE_MODE, FOLDER_MODE, private_write, sync_folder
from pipeline.landing.manifest import SET_ASIDE, SNAPSHOT_ID

PARTIAL = ".partial"


class FileWriter(Protocol):
    """Puts one file of a snapshot under way."""

    def __call__(self, file: str, content: bytes) -> None: ...


class SnapshotStorage(Protocol):
    """Snapshots of one connection are asked for by `series`, its kind and name. Failures are OSErrors."""

    def ids(self, series: tuple[str, str]) -> list[str]:
        """The snapshots that are there and count, newest first."""
        ...

    def aside(self, series: tuple[str, str]) -> list[str]:
        """Those that were set aside, and are not among `ids`."""
        ...

    def set_aside(self, series: tuple[str, str], snapshot_id: str, why: bytes) -> None:
        """Put a mark beside the manifest: the snapshot stays as evidence and counts no more."""
        ...

    def read(self, series: tuple[str, str], snapshot_id: str, file: str) -> bytes:
        """A file of a snapshot; FileNotFoundError when it is not there."""
        ...

    def write(self, series: tuple[str, str], snapshot_id: str) -> contextlib.AbstractContextManager[FileWriter]:
        """A snapshot under way; it is there once the block ends well. The manifest is to be put last."""
        ...

    def remove(self, series: tuple[str, str], snapshot_id: str) -> None:
        """Take a snapshot away, manifest first."""
        ...


class FolderStorage:
    """A folder on a local disk."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __str__(self) -> str:
        return str(self.root)

    def ids(self, series: tuple[str, str]) -> list[str]:
        return [each.name for each in self._whole(series) if not (each / SET_ASIDE).exists()]

    def aside(self, series: tuple[str, str]) -> list[str]:
        return [each.name for each in self._whole(series) if (each / SET_ASIDE).exists()]

    def set_aside(self, series: tuple[str, str], snapshot_id: str, why: bytes) -> None:
        with contextlib.suppress(FileNotFoundError):  # pruned meanwhile
            private_write(self.root.joinpath(*series, snapshot_id, SET_ASIDE), why)

    def _whole(self, series: tuple[str, str]) -> list[Path]:
        folder = self.root.joinpath(*series)
        if not folder.exists():
            return []
        return sorted((each for each in folder.iterdir() if SNAPSHOT_ID.fullmatch(each.name)), reverse=True)

    def read(self, series: tuple[str, str], snapshot_id: str, file: str) -> bytes:
        return self.root.joinpath(*series, snapshot_id, file).read_bytes()

    @contextlib.contextmanager
    def write(self, series: tuple[str, str], snapshot_id: str) -> Iterator[FileWriter]:
        folder = self.root.joinpath(*series)
        partial = folder / f".{snapshot_id}{PARTIAL}"

        def put(file: str, content: bytes) -> None:
            descriptor = os.open(partial / file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())

        self._make(folder)
        with _locked(folder):
            _sweep(folder)
            partial.mkdir(mode=FOLDER_MODE)
            alive = _lock(partial)
        try:
            yield put
            sync_folder(partial)
            partial.rename(folder / snapshot_id)
            sync_folder(folder)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        finally:
            os.close(alive)

    def remove(self, series: tuple[str, str], snapshot_id: str) -> None:
        folder = self.root.joinpath(*series)
        leaving = folder / f".{snapshot_id}{PARTIAL}"
        with _locked(folder), contextlib.suppress(FileNotFoundError):
            (folder / snapshot_id).rename(leaving)
            shutil.rmtree(leaving)

    def _make(self, folder: Path) -> None:
        for path in (self.root, folder.parent, folder):
            path.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)


def _lock(folder: Path) -> int:
    """Hold `folder` until the descriptor is closed, or its owner dies."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = _lock(folder)
    try:
        yield
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Take away what killed writers left; a writer that lives holds its own folder."""
    for leftover in folder.glob(f".*{PARTIAL}"):
        with contextlib.suppress(FileNotFoundError, BlockingIOError):  # finished meanwhile, or its writer lives
            descriptor = os.open(leftover, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(leftover)
            finally:
                os.close(descriptor)
