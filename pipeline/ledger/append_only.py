"""The triggers that make the ledger append-only, and the check that they are there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, inspect, text

IDENTIFIED_BY = {
    "decisions": "decision_id = new.decision_id or sequence = new.sequence",
    "undoings": "decision_id = new.decision_id or rowid = new.rowid",
    "anchors": "(decision_id = new.decision_id and account_key = new.account_key) or rowid = new.rowid",
    "acceptances": "acceptance_id = new.acceptance_id or rowid = new.rowid",
    "chain": "position = new.position",
    "review_campaigns": "campaign_id = new.campaign_id or name = new.name or rowid = new.rowid",
    "review_decisions": "decision_id = new.decision_id or sequence = new.sequence",
    "review_reassignments": "reassignment_id = new.reassignment_id or sequence = new.sequence",
    "review_closings": "campaign_id = new.campaign_id or rowid = new.rowid",
}
"""By table: which existing row REPLACE would remove for a new one, so that the insert is refused before that."""

BOOKKEEPING = frozenset({"alembic_version"})


def change_triggers(table: str) -> dict[str, str]:
    """The triggers that refuse to update and to delete, by name."""
    return {
        f"{table}_refuse_{change}": f"create trigger {table}_refuse_{change} before {change} on {table}"
        " begin select raise(abort, 'the ledger is append-only'); end"
        for change in ("update", "delete")
    }


def replace_trigger(table: str) -> dict[str, str]:
    """The trigger that refuses `insert or replace` over a row that is there, by name."""
    name, exists = f"{table}_refuse_replace", " ".join(("select 1 from", table, "where", IDENTIFIED_BY[table]))
    return {
        name: f"create trigger {name} before insert on {table} when exists ({exists})"
        " begin select raise(abort, 'the ledger is append-only'); end"
    }


def triggers() -> dict[str, str]:
    """Every trigger of this version, by name."""
    found: dict[str, str] = {}
    for table in IDENTIFIED_BY:
        found |= change_triggers(table) | replace_trigger(table)
    return found


def missing_tables(connection: Connection) -> list[str]:
    """The tables of this version that are not there."""
    return sorted(set(IDENTIFIED_BY) - set(inspect(connection).get_table_names()))


def faults(connection: Connection) -> Iterator[str]:
    """What is missing in the schema of a SQLite ledger, was changed in it, or does not belong there."""
    found = _objects(connection)
    expected = {("table", name) for name in (*IDENTIFIED_BY, *BOOKKEEPING)} | {("trigger", name) for name in triggers()}
    for kind, name in sorted(expected - found.keys()):
        yield f"{kind} {name} is missing"
    for kind, name in sorted(found.keys() - expected):
        yield f"{kind} {name} does not belong there"
    for name, sql in triggers().items():
        if found.get(("trigger", name), sql).lower() != sql:
            yield f"trigger {name} was changed"


def restore(connection: Connection) -> None:
    """Make the triggers what they are in this version, and drop others: tables stay as they are."""
    for kind, name in _objects(connection):
        if kind == "trigger":
            connection.exec_driver_sql(f"drop trigger {quoted_name(name)}")
    for sql in triggers().values():
        connection.exec_driver_sql(sql)


def quoted_name(name: str) -> str:
    """A name of an object as SQL spells it, whatever its characters."""
    return '"' + name.replace('"', '""') + '"'


def _objects(connection: Connection) -> dict[tuple[str, str], str]:
    query = text("select type, name, sql from sqlite_master where name not like 'sqlite\\_%' escape '\\'")
    return {(str(kind), str(name)): str(sql) for kind, name, sql in connection.execute(query)}
