"""Stores snapshots in S3."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.landing.manifest import MANIFEST, SET_ASIDE, SNAPSHOT_ID
from pipeline.landing.storage import FileWriter

LEFTOVER_AGE = timedelta(days=1)
"""Objects without a manifest that are older than this can only be a killed writer's: no read takes so long."""


class S3Storage:
    """A prefix of a bucket. Credentials, region and endpoint are those boto3 would use."""

    def __init__(self, url: str, environ: Mapping[str, str]) -> None:
        self.url = url.rstrip("/")
        self.prefix = self.url.removeprefix("s3://")
        self._source = _Filesystem(environ)

    def __str__(self) -> str:
        return self.url

    def ids(self, series: tuple[str, str]) -> list[str]:
        return self._whole(series, is_aside=False)

    def aside(self, series: tuple[str, str]) -> list[str]:
        return self._whole(series, is_aside=True)

    def set_aside(self, series: tuple[str, str], snapshot_id: str, why: bytes) -> None:
        with self._files.open_output_stream(self._path(series, snapshot_id, SET_ASIDE)) as stream:
            stream.write(why)

    def _whole(self, series: tuple[str, str], *, is_aside: bool) -> list[str]:
        listed = self._listed(series).items()
        found = (snapshot for snapshot, files in listed if MANIFEST in files and (SET_ASIDE in files) is is_aside)
        return sorted(found, reverse=True)

    def read(self, series: tuple[str, str], snapshot_id: str, file: str) -> bytes:
        with self._files.open_input_stream(self._path(series, snapshot_id, file)) as stream:
            return bytes(stream.read())

    @contextlib.contextmanager
    def write(self, series: tuple[str, str], snapshot_id: str) -> Iterator[FileWriter]:
        self._sweep(series)

        def put(file: str, content: bytes) -> None:
            with self._files.open_output_stream(self._path(series, snapshot_id, file)) as stream:
                stream.write(content)

        try:
            yield put
        except Exception:
            with contextlib.suppress(OSError):  # what stays has no manifest, and is swept one day
                self.remove(series, snapshot_id)
            raise

    def remove(self, series: tuple[str, str], snapshot_id: str) -> None:
        if MANIFEST in self._listed(series).get(snapshot_id, {}):
            self._files.delete_file(self._path(series, snapshot_id, MANIFEST))
        self._files.delete_dir(self._path(series, snapshot_id))

    @property
    def _files(self) -> Any:
        return self._source.current()

    def _path(self, series: tuple[str, str], *names: str) -> str:
        return "/".join((self.prefix, *series, *names))

    def _listed(self, series: tuple[str, str]) -> dict[str, dict[str, datetime]]:
        """Snapshot to its files to when each was put; OSError when the bucket cannot be listed."""
        from pyarrow import fs

        base = self._path(series)
        found: dict[str, dict[str, datetime]] = {}
        entries = self._files.get_file_info(fs.FileSelector(base, recursive=True, allow_not_found=True))
        if not entries and self._files.get_file_info(self.prefix.split("/")[0]).type == fs.FileType.NotFound:
            raise FileNotFoundError(f"there is no bucket {self.prefix.split('/')[0]}")
        for entry in entries:
            snapshot_id, _, file = entry.path.removeprefix(f"{base}/").partition("/")
            if entry.type == fs.FileType.File and SNAPSHOT_ID.fullmatch(snapshot_id) and "/" not in file:
                found.setdefault(snapshot_id, {})[file] = entry.mtime
        return found

    def _sweep(self, series: tuple[str, str]) -> None:
        before = datetime.now(UTC) - LEFTOVER_AGE
        for snapshot_id, files in self._listed(series).items():
            if MANIFEST not in files and all(put < before for put in files.values()):
                self.remove(series, snapshot_id)


class _Filesystem:
    """pyarrow's S3 with the credentials of boto3's default chain, renewed when those are.

    pyarrow keeps the credentials that it is made with: those of a role end after an hour, in the middle of a night of
    reads. botocore renews its own before they end, so a filesystem with other ones is made then.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        import boto3
        from botocore.exceptions import BotoCoreError

        try:
            session = boto3.Session()
            self._credentials = session.get_credentials()
        except BotoCoreError as error:
            raise OSError(str(error)) from error
        endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL")
        self._options = {"endpoint_override": endpoint, "region": session.region_name}
        self._lock = threading.Lock()
        self._made_with: tuple[str | None, ...] | None = None
        self._made: Any = None

    def current(self) -> Any:
        """The filesystem to use now. Raises OSError when credentials cannot be had."""
        from pyarrow import fs

        with self._lock:
            keys = self._keys()
            if keys != self._made_with:
                names = ("access_key", "secret_key", "session_token")
                options = {**self._options, **dict(zip(names, keys, strict=False))}
                self._made = fs.S3FileSystem(**{key: value for key, value in options.items() if value is not None})
                self._made_with = keys
            return self._made

    def _keys(self) -> tuple[str | None, ...]:
        from botocore.exceptions import BotoCoreError, ClientError

        if self._credentials is None:
            return ()
        try:
            frozen = self._credentials.get_frozen_credentials()
        except (BotoCoreError, ClientError) as error:
            raise OSError(str(error)) from error
        return frozen.access_key, frozen.secret_key, frozen.token
