"""Verifies the ledger: every row, every link, the end, and the triggers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from pipeline.ledger import append_only
from pipeline.ledger.chain import GENESIS, KEYS, Head, Row, content, digest, head_of, key_of, link_hash, links, rows
from pipeline.ledger.head import StoredHead
from pipeline.problems import CertifyError, Problem


@dataclass(frozen=True)
class Tampering:
    """One thing that certify did not write. `table` and `key` name the row; both are empty for the file as a whole.

    `written_by` and `written_at` are of the row as it was written; empty where that is not known. `is_damage`: the file
    cannot be worked with, whoever accepts it.
    """

    what: str
    table: str = ""
    key: str = ""
    written_by: str = ""
    written_at: str = ""
    is_damage: bool = False

    def __str__(self) -> str:
        if not self.table:
            return self.what
        written = f" (written {self.written_at[:19]} UTC by {self.written_by})" if self.written_at else ""
        return f"{self.table} {self.key}{written} {self.what}"


def tamperings(connection: Connection, stored: StoredHead | None, witnesses: Sequence[Head] = ()) -> list[Tampering]:
    """Everything in the ledger that certify did not write, and everything it wrote that is not there any more.

    `stored` is what the file beside the ledger says of its end, `witnesses` what publications say of the end they saw.
    """
    with _any_text(connection):
        found = [Tampering(f"the file is damaged: {line}", is_damage=True) for line in _damage(connection)]
        lost = list(append_only.missing_tables(connection))
        if lost:
            return [*found, *(Tampering(f"table {table} is missing", is_damage=True) for table in lost)]
        found += [Tampering(f"the schema is another: {fault}") for fault in append_only.faults(connection)]
        chain = links(connection)
        found += _of_rows(connection, chain)
        found += _of_the_end(chain, head_of(connection), stored)
        found += _of_witnesses(chain, head_of(connection), witnesses)
        return found


@contextlib.contextmanager
def _any_text(connection: Connection) -> Iterator[None]:
    """Let text that is not UTF-8 any more be read, and compared, instead of failing."""
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.text_factory = lambda raw: raw.decode(errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str


def _damage(connection: Connection) -> list[str]:
    if connection.dialect.name != "sqlite":
        return []
    lines = [str(line) for (line,) in connection.execute(text("pragma integrity_check(3)"))]
    return [] if lines == ["ok"] else lines


def _of_rows(connection: Connection, chain: Sequence[Row]) -> Iterator[Tampering]:
    """What the links say against the rows and against one another, from the last acceptance on."""
    there: dict[tuple[str, str], Row] = {}
    for table in KEYS:
        for row in rows(connection, table):
            key = (table, key_of(table, row))
            if key in there:
                yield _of_row(table, row, "is there more than once")
            there[key] = row
    epoch = chain[-1]["epoch"] if chain else ""
    start = next((number for number, link in enumerate(chain) if link["epoch"] == epoch), 0)
    previous, position = (chain[start - 1]["hash"], chain[start - 1]["position"]) if start else (GENESIS, 0)
    for link in chain[start:]:
        if link["position"] != position + 1:
            yield Tampering(f"links {position + 1} to {link['position'] - 1} of the chain are missing")
        elif link_hash(previous, link) != link["hash"]:
            yield _of_link(link, f"has another link ({link['position']}) in the chain than was written")
        chained = (str(link["table_name"]), str(link["row_key"]))
        if chained not in there:
            yield _of_link(link, "is missing")
        elif digest(content(there.pop(chained))) != link["row_digest"]:
            yield _of_link(link, "was changed after it was written")
        previous, position = link["hash"], link["position"]
    for (table, _), row in there.items():
        yield _of_row(table, row, "was added by something other than certify")


def _of_the_end(chain: Sequence[Row], end: Head, stored: StoredHead | None) -> Iterator[Tampering]:
    if stored is None:
        if chain:
            yield Tampering("the file that says where the ledger ends is missing")
        return
    if end in (stored.head, stored.pending):
        return
    if end.position < stored.head.position:
        lost = stored.head.position - end.position
        yield Tampering(f"the last {lost} rows are missing: it ends at link {end.position} of {stored.head.position}")
    elif end.position == stored.head.position:
        yield _of_link(chain[-1], "is not what certify wrote last")
    for link in chain:
        if link["position"] > stored.head.position:
            yield _of_link(link, "was appended by something other than certify")


def _of_witnesses(chain: Sequence[Row], end: Head, witnesses: Sequence[Head]) -> Iterator[Tampering]:
    """A publication is from an earlier state of the same chain, or the ledger is not the one it was judged by."""
    known = {link["position"]: link["hash"] for link in chain}
    for seen in witnesses:
        if seen.position and seen.epoch == end.epoch and known.get(seen.position) != seen.hash:
            yield Tampering(f"link {seen.position} is not the one that the published tables were judged by")


def _of_link(link: Row, what: str) -> Tampering:
    by, at = str(link["written_by"]), str(link["written_at"])
    return Tampering(what, str(link["table_name"]), _shown(link["row_key"]), by, at)


def _of_row(table: str, row: Row, what: str) -> Tampering:
    return Tampering(what, table, _shown(key_of(table, row)), str(row["_by"]), str(row["_at"]))


def broken(file: Path, found: Sequence[Tampering]) -> CertifyError:
    """That a ledger is not what certify wrote, with the first three differences in words."""
    shown = "; ".join(str(each) for each in found[:3]) + (f"; and {len(found) - 3} more" if len(found) > 3 else "")
    return CertifyError(Problem.of("ledger_broken", file=file, found=shown))


def _shown(key: object) -> str:
    return str(key).strip("[]").replace('"', "")
