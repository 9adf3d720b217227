"""The chain over the ledger: whatever changes a row, removes one or adds one without certify is found and named."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.ledger.chain import GENESIS, Head, digest, link_hash
from pipeline.ledger.decisions import Acceptance, Anchor
from pipeline.ledger.store import Ledger, Verification
from pipeline.problems import CertifyError, ExitCode
from tests.unit.ledger.deciding import NOW, decision, undoing

TABLES = ("decisions", "undoings", "anchors")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with rows in each of its tables, in several transactions. Not to be changed: copy its folder."""
    folder = tmp_path_factory.mktemp("written")
    ledger = Ledger(folder / "ledger.sqlite")
    for number in range(12):
        with ledger.writing() as writer:
            kept = decision("link", f"aws:{number}", f"people:{number}", expires_at=NOW + timedelta(days=number + 1))
            writer.record(kept)
            if number % 3 == 0:
                writer.undo(kept.decision_id, undoing(reason=f"mistake {number}"))
            writer.anchor([Anchor(kept.decision_id, f"people:{number}", True, str(number), None, NOW)])
    assert ledger.verify().tamperings == ()
    return folder


@pytest.fixture
def ledger(written: Path, tmp_path: Path) -> Ledger:
    return Ledger(Path(shutil.copytree(written, tmp_path / "copy")) / "ledger.sqlite")


def around_the_triggers(file: Path, *statements: str) -> None:
    """What whoever may write to the file can do: triggers dropped, and put back as if nothing had been."""
    with sqlite3.connect(file, isolation_level=None) as connection:
        connection.execute("pragma synchronous = off")
        connection.execute("begin")
        triggers = connection.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"drop trigger {name}")
        for each in statements:
            connection.execute(each)
        for _, sql in triggers:
            connection.execute(sql)
    connection.close()


def found(ledger: Ledger) -> list[str]:
    return [str(each) for each in ledger.verify().tamperings]


@pytest.mark.promise("P21")
def test_a_changed_row_is_named_with_its_table_id_writer_and_time(ledger: Ledger) -> None:
    victim = ledger.read()[4].decision_id
    around_the_triggers(
        ledger.file, f"update decisions set target = 'people:99', decided_by = 'eve' where decision_id = '{victim}'"
    )
    assert found(ledger) == [
        f"decisions {victim} (written 2026-11-24 03:15:00 UTC by root) was changed after it was written"
    ]


def test_a_removed_row_is_named_although_it_is_gone(ledger: Ledger) -> None:
    victim = ledger.read()[4].decision_id
    around_the_triggers(ledger.file, f"delete from anchors where decision_id = '{victim}'")
    assert found(ledger) == [f"anchors {victim}, people:4 (written 2026-11-24 03:15:00 UTC by certify) is missing"]


def test_a_row_added_without_a_link_is_named(ledger: Ledger) -> None:
    with sqlite3.connect(ledger.file) as connection:
        connection.execute(
            "insert into undoings select decision_id, 'eve', decided_at, 'x', 'eve', decided_at from decisions"
            " where sequence = 2"
        )
    connection.close()
    victim = ledger.read()[1].decision_id
    assert found(ledger) == [
        f"undoings {victim} (written 2026-11-24 03:15:00 UTC by eve) was added by something other than certify"
    ]


def test_a_row_added_with_a_valid_link_is_found_by_the_stored_end(ledger: Ledger) -> None:
    """Whoever knows how links are made can make one; that the ledger ends there is written elsewhere."""
    with sqlite3.connect(ledger.file) as connection:
        connection.row_factory = sqlite3.Row
        last = dict(connection.execute("select * from chain order by position desc limit 1").fetchone())
        row = dict(connection.execute("select * from decisions where sequence = 1").fetchone())
        row |= {"sequence": 99, "decision_id": "d-forged0000", "target": "people:evil"}
        connection.execute(f"insert into decisions values ({', '.join('?' * len(row))})", list(row.values()))
        link = {
            "position": last["position"] + 1,
            "epoch": "",
            "table_name": "decisions",
            "row_key": '["d-forged0000"]',
            "row_digest": digest(row),
            "written_by": "root",
            "written_at": row["entered_at"],
        }
        connection.execute(
            f"insert into chain values ({', '.join('?' * 8)})", [*link.values(), link_hash(last["hash"], link)]
        )
    connection.close()
    assert found(ledger) == [
        "decisions d-forged0000 (written 2026-11-24 03:15:00 UTC by root) was appended by something other than certify"
    ]


@pytest.mark.promise("P21")
def test_rows_cut_off_the_end_with_their_links_are_found_by_the_stored_end(ledger: Ledger) -> None:
    around_the_triggers(
        ledger.file,
        "delete from anchors where decision_id = (select decision_id from decisions where sequence = 12)",
        "delete from decisions where sequence = 12",
        "delete from chain where position > 26",
    )
    assert found(ledger) == ["the last 2 rows are missing: it ends at link 26 of 28"]


def test_a_ledger_that_is_gone_or_put_back_from_an_older_copy_is_found(ledger: Ledger, tmp_path: Path) -> None:
    shutil.copy(ledger.file, tmp_path / "older.sqlite")
    with ledger.writing() as writer:
        writer.record(decision("kind", "a:1", "human"))
    shutil.copy(tmp_path / "older.sqlite", ledger.file)
    assert found(ledger) == ["the last 1 rows are missing: it ends at link 28 of 29"]
    ledger.file.unlink()
    assert found(ledger) == ["the ledger is gone; it had 29 rows"]
    for attempt in (ledger.read, ledger.anchors, ledger.writing().__enter__):
        with pytest.raises(CertifyError, match="the ledger is gone") as refused:
            attempt()
        assert refused.value.problem.exit_code is ExitCode.REFUSED


def test_without_the_stored_end_and_with_a_false_one(ledger: Ledger) -> None:
    head = ledger.file.with_name("ledger-head.json")
    whole = head.read_text()
    head.unlink()
    assert found(ledger) == ["the file that says where the ledger ends is missing"]
    head.write_text(json.dumps({**json.loads(whole), "head": {"position": 28, "hash": GENESIS, "epoch": ""}}))
    assert "is not what certify wrote last" in found(ledger)[0]
    head.write_text("{")
    assert found(ledger)[0].startswith("ledger-head.json, which says where the ledger ends, cannot be read")
    ledger.accept(accepted())
    assert found(ledger) == []


def test_a_witness_finds_an_older_pair_of_files(ledger: Ledger, tmp_path: Path) -> None:
    """Both files put back together look whole; what was published remembers."""
    older = Ledger(Path(shutil.copytree(ledger.file.parent, tmp_path / "older")) / "ledger.sqlite")
    with ledger.writing() as writer:
        writer.record(decision("kind", "a:1", "human"))
    seen = ledger.verify().head
    assert ledger.verify([seen]).tamperings == ()
    assert older.verify().tamperings == ()
    told = ["link 29 is not the one that the published tables were judged by"]
    assert [str(each) for each in older.verify([seen]).tamperings] == told
    assert [str(each) for each in older.accept(accepted(), [seen])] == told
    assert older.verify([seen]).tamperings == ()


def test_nothing_is_added_to_a_broken_ledger(ledger: Ledger) -> None:
    around_the_triggers(ledger.file, "update undoings set reason = 'another'")
    before = ledger.file.read_bytes()
    with pytest.raises(CertifyError, match="was changed after it was written") as refused, ledger.writing():
        pytest.fail("the ledger was opened for writing")
    assert refused.value.problem.code == "ledger_broken"
    assert "certify ledger accept" in refused.value.problem.remedy
    assert ledger.file.read_bytes() == before


def test_triggers_that_were_dropped_or_weakened_are_found(ledger: Ledger) -> None:
    with sqlite3.connect(ledger.file) as connection:
        connection.execute("drop trigger anchors_refuse_replace")
        connection.execute("drop trigger undoings_refuse_delete")
        connection.execute("create trigger undoings_refuse_delete before delete on undoings begin select 1; end")
        connection.execute("create trigger evil after insert on decisions begin select 1; end")
    connection.close()
    assert found(ledger) == [
        "the schema is another: trigger anchors_refuse_replace is missing",
        "the schema is another: trigger evil does not belong there",
        "the schema is another: trigger undoings_refuse_delete was changed",
    ]


@pytest.mark.promise("P21")
@pytest.mark.parametrize(
    "statement",
    [
        (
            "insert or replace into decisions select sequence, decision_id, verb, account_key, 'x', reason, decided_by,"
            " decided_at, expires_at, entered_by, entered_at from decisions where sequence = 1"
        ),
        (
            "insert or replace into decisions select null, decision_id, verb, account_key, 'x', reason, decided_by,"
            " decided_at, expires_at, entered_by, entered_at from decisions where sequence = 1"
        ),
        (
            "replace into decisions select 1, 'd-other', verb, account_key, target, reason, decided_by, decided_at,"
            " expires_at, entered_by, entered_at from decisions where sequence = 2"
        ),
        "replace into undoings select decision_id, 'eve', undone_at, reason, entered_by, entered_at from undoings",
        (
            "replace into undoings (rowid, decision_id, undone_by, undone_at, reason, entered_by, entered_at) select 1,"
            " 'd-other', undone_by, undone_at, reason, entered_by, entered_at from undoings limit 1"
        ),
        "replace into anchors select decision_id, account_key, 0, 'x', 'x', noted_at from anchors",
        (
            "replace into anchors (rowid, decision_id, account_key, is_authoritative, noted_at) select 1, decision_id,"
            " 'people:other', 0, noted_at from anchors limit 1"
        ),
        "replace into chain select position, epoch, table_name, row_key, '', written_by, written_at, hash from chain",
        "update or replace decisions set sequence = 2 where sequence = 1",
        (
            "insert into decisions select sequence, decision_id, verb, account_key, 'x', reason, decided_by,"
            " decided_at, expires_at, entered_by, entered_at from decisions where true"
            " on conflict do update set target = 'x'"
        ),
    ],
)
def test_the_database_refuses_to_replace(ledger: Ledger, statement: str) -> None:
    """As SQLite is by default: `recursive_triggers` is off, and REPLACE fires no delete trigger."""
    connection = sqlite3.connect(ledger.file)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    connection.close()
    assert found(ledger) == []


def accepted() -> Acceptance:
    return Acceptance("a-1", "auditor", "known", "root", NOW)


def test_an_accepted_ledger_goes_on_and_remembers_what_was_accepted(ledger: Ledger) -> None:
    assert ledger.accept(accepted()) == [], "nothing to accept"
    around_the_triggers(ledger.file, "update undoings set reason = 'another'", "delete from anchors")
    with sqlite3.connect(ledger.file) as connection:
        connection.execute("drop trigger decisions_refuse_update")
    connection.close()
    before = found(ledger)
    assert [str(each) for each in ledger.accept(accepted())] == before
    assert found(ledger) == []
    with ledger.writing() as writer:
        writer.record(decision("kind", "a:1", "human"))
    assert found(ledger) == []
    with sqlite3.connect(ledger.file) as connection:
        [(kept,)] = connection.execute("select found from acceptances").fetchall()
        assert kept.splitlines() == before
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("update decisions set target = 'x'")
    connection.close()
    around_the_triggers(ledger.file, "update acceptances set reason = 'other'")
    assert found(ledger) == [
        "acceptances a-1 (written 2026-11-24 03:15:00 UTC by root) was changed after it was written"
    ]


def test_an_older_witness_says_nothing_of_an_accepted_ledger(ledger: Ledger) -> None:
    seen = ledger.verify().head
    ledger.file.unlink()
    assert [str(each) for each in ledger.accept(accepted())] == ["the ledger is gone; it had 28 rows"]
    assert ledger.read() == []
    assert ledger.verify([seen]) == Verification((), ledger.verify().head)
    assert Head.parsed(str(seen)) == seen


def test_a_file_that_another_program_wrote_to_without_changing_a_row_is_told(ledger: Ledger) -> None:
    assert not ledger.verify().is_touched
    with sqlite3.connect(ledger.file, isolation_level=None) as connection:
        connection.execute("vacuum")
    connection.close()
    assert ledger.verify() == Verification((), ledger.verify().head, is_touched=True)


def test_a_schema_that_is_no_text_any_more_is_refused(ledger: Ledger) -> None:
    content = ledger.file.read_bytes()
    ledger.file.write_bytes(content.replace(b"CREATE TABLE undoings", b"CREATE TABL\xe5 undoings"))
    assert ledger.file.read_bytes() != content
    with pytest.raises(CertifyError, match="cannot be used"):
        ledger.verify()


def flip(file: Path, chance: random.Random) -> None:
    content = bytearray(file.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.write_bytes(content)


def cut(file: Path, chance: random.Random) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: chance.randrange(len(content))])


def change_a_value(file: Path, chance: random.Random) -> None:
    with sqlite3.connect(file) as connection:
        table = chance.choice([*TABLES, "chain"])
        columns = [row[1] for row in connection.execute(f"pragma table_info({table})")]
        rowids = [row[0] for row in connection.execute(f"select rowid from {table}")]
        column, rowid = chance.choice(columns), chance.choice(rowids)
        [[value]] = connection.execute(f"select {column} from {table} where rowid = {rowid}").fetchall()
    connection.close()
    text = f"x{value}" if isinstance(value, str) else value
    other = f"'{text}'" if isinstance(text, str) else "'2027-01-01'" if value is None else str(value + 1_000)
    around_the_triggers(file, f"update {table} set {column} = {other} where rowid = {rowid}")


def delete_a_row(file: Path, chance: random.Random) -> None:
    table = chance.choice([*TABLES, "chain"])
    around_the_triggers(
        file, f"delete from {table} where rowid = (select rowid from {table} limit 1 offset {chance.randrange(4)})"
    )


def swap(file: Path, chance: random.Random) -> None:
    """Two decisions change places, or two links do."""
    first, second = chance.sample(range(1, 13), 2)
    table, key = chance.choice([("decisions", "sequence"), ("chain", "position")])
    around_the_triggers(
        file,
        f"update {table} set {key} = -1 where {key} = {first}",
        f"update {table} set {key} = {first} where {key} = {second}",
        f"update {table} set {key} = {second} where {key} = -1",
    )


def truncate(file: Path, chance: random.Random) -> None:
    """Rows at the end go, with their links."""
    with sqlite3.connect(file) as connection:
        last = connection.execute("select max(position) from chain").fetchone()[0] - chance.randrange(1, 20)
        gone = connection.execute(f"select table_name, row_key from chain where position > {last}").fetchall()
    connection.close()
    statements = [f"delete from chain where position > {last}"]
    for table, key in gone:
        names = ("decision_id", "account_key")
        where = " and ".join(f"{name} = '{value}'" for name, value in zip(names, json.loads(key), strict=False))
        statements.append(f"delete from {table} where {where}")
    around_the_triggers(file, *statements)


def append_forged(file: Path, chance: random.Random) -> None:
    statement = (
        f"insert into decisions select null, 'd-{chance.randrange(10**9)}', verb, 'aws:evil', target, reason,"
        f" decided_by, decided_at, expires_at, entered_by, entered_at from decisions where sequence = 1"
    )
    around_the_triggers(file, statement)


WAYS: list[Callable[[Path, random.Random], None]] = [
    flip,
    cut,
    change_a_value,
    delete_a_row,
    swap,
    truncate,
    append_forged,
]


def is_found(ledger: Ledger, way: Callable[[Path, random.Random], None]) -> bool:
    """Of a row, by its row; of a single byte it is enough that the file is not the one certify left."""
    try:
        seen = ledger.verify()
    except CertifyError:
        return way in (flip, cut)
    return bool(seen.tamperings) or (way is flip and seen.is_touched)


@pytest.mark.promise("P21")
@pytest.mark.parametrize("count", [56, pytest.param(1_000, marks=pytest.mark.soak)])
def test_every_random_tampering_is_found(written: Path, tmp_path: Path, count: int) -> None:
    """Promise P21: flip any byte, delete, swap, truncate, append forged."""
    missed = []
    for seed in range(count):
        chance = random.Random(seed)
        ledger = Ledger(Path(shutil.copytree(written, tmp_path / str(seed))) / "ledger.sqlite")
        way = WAYS[seed % len(WAYS)]
        way(ledger.file, chance)
        if not is_found(ledger, way):
            missed.append((way.__name__, seed))
        shutil.rmtree(ledger.file.parent)
    assert missed == []
