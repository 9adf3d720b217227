"""Writes the evidence of a campaign into one folder and one zip file, with a manifest of hashes."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.certification import verify_pack
from pipeline.certification.documents import canonical, digest_of
from pipeline.certification.evidence_files import files_of
from pipeline.certification.model import Review
from pipeline.certification.numbers import numbers_of
from pipeline.certification.published import refresh
from pipeline.certification.standing import standing
from pipeline.home import FILE_MODE, FOLDER_MODE, Home, sync_folder
from pipeline.problems import Problem, Refused
from pipeline.settings import Settings
from pipeline.warehouse.verified_ledger import require_whole_ledger

ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""The same pack makes the same zip file."""


@dataclass(frozen=True)
class Pack:
    """A pack that was written; `digest` is the SHA-256 of its manifest, to be kept somewhere else."""

    folder: Path
    archive: Path
    digest: str
    files: int


def export(home: Home, name: str, settings: Settings, out: Path | None, now: datetime) -> Pack:
    """Write the pack of a campaign, open or closed, under a name of its own: an earlier pack stays as it is.

    Raises Refused `ledger_broken` where the ledger is not what certify wrote: it would be no evidence.
    """
    head = require_whole_ledger(home).head
    refresh(home, name)
    stands = standing(home, name, settings, now)
    files = files_of(stands, numbers_of(home, name), {"position": head.position, "hash": head.hash}, now)
    manifest = _manifest(stands.review, files, now)
    content = {**files, verify_pack.MANIFEST: manifest}
    title = f"{name}-{now:%Y%m%dT%H%M%SZ}"
    place = out or home.exports / "evidence"
    place.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder = _written_folder(place, title, content)
    archive = _written_archive(place, title, content)
    sync_folder(place)
    return Pack(folder, archive, digest_of(manifest), len(content))


def _manifest(review: Review, files: Mapping[str, bytes], now: datetime) -> bytes:
    listed = {name: {"sha256": digest_of(content), "bytes": len(content)} for name, content in sorted(files.items())}
    document = {"pack_version": 1, "campaign": review.campaign.name, "made_at": now, "files": listed}
    return (json.dumps(json.loads(canonical(document)), indent=1, sort_keys=True) + "\n").encode()


def _written_folder(place: Path, title: str, content: Mapping[str, bytes]) -> Path:
    beside, folder = place / f".{title}.{secrets.token_hex(6)}.tmp", place / title
    if folder.exists():
        raise Refused(Problem.of("pack_exists", folder=folder))
    beside.mkdir(mode=FOLDER_MODE)
    try:
        for name, data in content.items():
            with os.fdopen(os.open(beside / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        sync_folder(beside)
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def _written_archive(place: Path, title: str, content: Mapping[str, bytes]) -> Path:
    beside, archive = place / f".{title}.{secrets.token_hex(6)}.tmp", place / f"{title}.zip"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
                for name, data in sorted(content.items()):
                    entry = zipfile.ZipInfo(f"{title}/{name}", ZIP_DATE)
                    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, FILE_MODE << 16
                    packed.writestr(entry, data)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(archive)
    finally:
        beside.unlink(missing_ok=True)
    return archive
