"""The end of the ledger's chain, kept outside the ledger, so that truncation shows.

A writer notes where the chain will end before it commits, and that it does end there afterwards. A process that dies in
between leaves both ends, and either is right.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.home import private_write
from pipeline.ledger.chain import START, Head


@dataclass(frozen=True)
class StoredHead:
    """Where the chain ends, and where it ends if the last writer came to its commit but no further.

    `file_sha256` is of the ledger at rest, as this program left it.
    """

    head: Head = START
    pending: Head | None = None
    file_sha256: str = ""


@dataclass(frozen=True)
class HeadFile:
    """The file, next to a ledger. Only to be written to by the process that has the ledger's lock."""

    file: Path
    ledger: Path

    @classmethod
    def beside(cls, ledger: Path) -> HeadFile:
        return cls(ledger.with_name(f"{ledger.stem}-head.json"), ledger)

    def read(self) -> StoredHead | None:
        """What is stored, None where nothing is. Raises ValueError when the file is not one of ours."""
        try:
            written = json.loads(self.file.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ValueError(str(error)) from error
        try:
            pending = Head(**written["pending"]) if written["pending"] else None
            return StoredHead(Head(**written["head"]), pending, str(written["file_sha256"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"it has no {error}") from error

    def promise(self, pending: Head) -> None:
        """Note where the chain will end, before the commit that makes it so."""
        try:
            stored = self.read() or StoredHead()
        except ValueError:  # the ledger is accepted without it
            stored = StoredHead()
        self._write(StoredHead(stored.head, pending, stored.file_sha256))

    def settle(self, head: Head) -> None:
        """Note that the chain ends there, and what the file is now."""
        self._write(StoredHead(head, None, self.ledger_sha256()))

    def ledger_sha256(self) -> str:
        """Of the bytes of the ledger; empty where there is none."""
        try:
            with self.ledger.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            return ""

    def _write(self, stored: StoredHead) -> None:
        private_write(self.file, json.dumps(asdict(stored), indent=2) + "\n")
