"""A ledger of every released version is brought up to date with all its decisions, however often that is killed."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from pipeline.ledger import append_only, chain, engine, head, store
from pipeline.ledger.chain import append_all, head_of
from pipeline.ledger.engine import REVISIONS, migrate, open_engine
from pipeline.ledger.head import HeadFile
from pipeline.ledger.migrations.versions import r0002_anchors, r0003_chain, r0004_reviews
from pipeline.ledger.store import Ledger
from pipeline.problems import CertifyError
from tests.support.killing import die_at_line, lines_of
from tests.unit.ledger.deciding import decision

OLD = REVISIONS[:-1]
STEPS = (r0002_anchors, r0003_chain, r0004_reviews)
FILES = tuple(str(module.__file__) for module in (store, engine, chain, head, append_only, *STEPS))
DECISIONS = """
    with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 25)
    insert into decisions
    select n, 'd-' || n, 'kind', 'aws:' || n, 'service', 'it deploys', 'auditor', '2026-01-01 00:00:00.000000', null,
        'root', '2026-01-' || printf('%02d', n) || ' 00:00:00.000000'
    from numbers
"""


def ledger_of(version: str, folder: Path) -> Ledger:
    """A ledger as that version left it, with 25 decisions, five of them undone, and anchors where it had them."""
    file = folder / "ledger.sqlite"
    sqlite3.connect(file).close()
    file.touch()
    migrate(open_engine(file, "begin immediate"), lambda _: None, to=version)
    with sqlite3.connect(file) as connection:
        connection.execute(DECISIONS)
        connection.execute(
            "insert into undoings select decision_id, 'eve', entered_at, 'a mistake', 'root', entered_at from decisions"
            " where sequence % 5 = 0"
        )
        if version >= "0002":
            connection.execute(
                "insert into anchors select decision_id, account_key, 0, null, 'x@corp.example', entered_at"
                " from decisions"
            )
    connection.close()
    if version >= "0003":
        opened = open_engine(file, "begin immediate")
        with opened.begin() as chained:
            append_all(chained, tables=r0003_chain.CHAINED)
            end = head_of(chained)
        opened.dispose()
        HeadFile.beside(file).settle(end)
    return Ledger(file)


def rows(file: Path, *tables: str) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(file) as connection:
        found = {table: connection.execute(f"select * from {table} order by 1, 2").fetchall() for table in tables}
    connection.close()
    return found


@pytest.mark.promise("P24")
@pytest.mark.parametrize("version", OLD)
def test_every_released_version_is_chained_as_it_is(version: str, tmp_path: Path) -> None:
    ledger = ledger_of(version, tmp_path)
    tables = ("decisions", "undoings", "anchors")[: 3 if version >= "0002" else 2]
    before = rows(ledger.file, *tables)

    seen = ledger.verify()

    assert seen.tamperings == ()
    assert seen.head.position == sum(map(len, before.values()))
    assert rows(ledger.file, *tables) == before
    assert len(ledger.read()) == 25
    assert sum(each.undone is not None for each in ledger.read()) == 5
    order = [link[3] for link in rows(ledger.file, "chain")["chain"]]
    assert order[0] == '["d-1"]', "in the order of writing"
    assert order[-1].startswith('["d-25"')


@pytest.mark.promise("P24")
@pytest.mark.parametrize("version", OLD)
def test_a_migration_killed_twenty_times_loses_nothing(version: str, tmp_path: Path) -> None:
    """Promise P24."""
    template = tmp_path / "template"
    template.mkdir()
    before = rows(ledger_of(version, template).file, "decisions", "undoings")
    traced = Ledger(Path(shutil.copytree(template, tmp_path / "traced")) / "ledger.sqlite")
    steps = len(lines_of(traced.read, FILES))
    for death in range(20):
        folder = Path(shutil.copytree(template, tmp_path / str(death)))
        ledger = Ledger(folder / "ledger.sqlite")
        die_at_line(ledger.read, FILES, steps * death // 20)
        assert ledger.verify().tamperings == ()
        assert rows(ledger.file, "decisions", "undoings") == before
        with ledger.writing() as writer:
            writer.record(decision("kind", "a:1", "human"))
        assert ledger.verify().tamperings == ()


def test_a_ledger_from_before_the_chain_put_in_place_of_a_chained_one_is_found(tmp_path: Path) -> None:
    ledger = ledger_of("0002", tmp_path)
    shutil.copy(ledger.file, tmp_path / "older.sqlite")
    assert ledger.verify().tamperings == ()
    shutil.copy(tmp_path / "older.sqlite", ledger.file)
    with pytest.raises(CertifyError, match="from before its rows were chained"):
        ledger.verify()
