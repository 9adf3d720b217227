"""Snapshots in S3: `landing: s3://bucket/prefix` in the settings.

Belongs here: the same promise as `places.Folder`, kept without a rename: an object is there whole or not at all, and
the manifest is put last.
Does not belong here: what the bytes mean (`store`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.landing.manifest import MANIFEST, SNAPSHOT_ID
from pipeline.landing.places import Writing

LEFTOVER_AGE = timedelta(days=1)
"""Objects without a manifest that are older than this can only be a killed writer's: no read takes so long."""


class Bucket:
    """A prefix of a bucket. Credentials, region and endpoint are those boto3 would use."""

    def __init__(self, url: str, environ: Mapping[str, str]) -> None:
        self.url = url.rstrip("/")
        self.prefix = self.url.removeprefix("s3://")
        self._files = _filesystem(environ)

    def __str__(self) -> str:
        return self.url

    def ids(self, series: tuple[str, str]) -> list[str]:
        return sorted((snapshot for snapshot, files in self._listed(series).items() if MANIFEST in files), reverse=True)

    def read(self, series: tuple[str, str], snapshot_id: str, file: str) -> bytes:
        with self._files.open_input_stream(self._path(series, snapshot_id, file)) as stream:
            return bytes(stream.read())

    @contextlib.contextmanager
    def write(self, series: tuple[str, str], snapshot_id: str) -> Iterator[Writing]:
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


def _filesystem(environ: Mapping[str, str]) -> Any:
    """pyarrow's S3 with the credentials of boto3's default chain."""
    import boto3
    from botocore.exceptions import BotoCoreError
    from pyarrow import fs

    options: dict[str, Any] = {}
    try:
        session = boto3.Session()
        credentials = session.get_credentials()
        if credentials is not None:
            frozen = credentials.get_frozen_credentials()
            options |= {"access_key": frozen.access_key, "secret_key": frozen.secret_key, "session_token": frozen.token}
    except BotoCoreError as error:
        raise OSError(str(error)) from error
    endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        options["endpoint_override"] = endpoint
    if session.region_name:
        options["region"] = session.region_name
    return fs.S3FileSystem(**{key: value for key, value in options.items() if value is not None})
