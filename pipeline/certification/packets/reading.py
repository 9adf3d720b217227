"""Opens a packet that came back, whatever it was saved as, within limits."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from pipeline.certification.packets.json_file import json_rows
from pipeline.certification.packets.rows import Returned, Row, UnreadablePacketError
from pipeline.certification.packets.sheets import csv_rows, xlsx_rows

MOST_BYTES = 32 * 1024 * 1024
"""A packet of 10,000 items has a tenth of it in any format."""


def read(file: Path) -> Returned:
    """The rows of a workbook, a CSV or a download. Raises UnreadablePacketError."""
    raw = _bytes(file)
    kind, rows = _parsed(raw)
    return Returned(kind, hashlib.sha256(raw).hexdigest(), rows)


def _parsed(raw: bytes) -> tuple[str, list[Row]]:
    start = raw[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if raw.startswith(b"PK"):
        return "xlsx", xlsx_rows(raw)
    if start.startswith((b"<!doctype", b"<html")):
        raise UnreadablePacketError("is the page itself; press Download decisions in it, and import that file")
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadablePacketError("is an old or an encrypted workbook; save it as .xlsx without a password")
    if start.startswith((b"{", b"[")):
        return "json", json_rows(raw)
    return "csv", csv_rows(raw)


def _bytes(file: Path) -> bytes:
    """All of it. Only a regular file: a pipe could make this wait for ever."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise UnreadablePacketError("is not a regular file")
            raw = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnreadablePacketError(f"cannot be opened ({error.strerror})") from error
    if len(raw) > MOST_BYTES:
        raise UnreadablePacketError(f"is larger than {MOST_BYTES // 1024 // 1024} MB, which no packet is")
    if not raw.strip():
        raise UnreadablePacketError("is empty")
    return raw
