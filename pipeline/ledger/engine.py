"""SQLAlchemy engines of the ledger's file, and the version of its tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect, text

PATIENCE = 30.0
"""Seconds to wait for another process that is writing."""

REVISIONS = ("0001", "0002", "0003", "0004")
"""Every version of the tables there ever was; the last one is what this program reads and writes."""
UNCHAINED = frozenset({"0001", "0002"})
"""Versions from before rows were chained."""


def open_engine(file: Path, begin: str, *, patience: float = PATIENCE, journal: str = "delete") -> Engine:
    """Connections to a file that exists; `begin` opens their transactions."""

    def connect() -> sqlite3.Connection:
        address = f"file:{quote(str(file))}?mode=rw"  # or a file that has just gone would be made, empty
        return sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    def _prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("pragma foreign_keys = on")
        connection.execute("pragma recursive_triggers = on")  # or REPLACE deletes rows without firing a trigger
        connection.execute("pragma synchronous = full")
        connection.execute(f"pragma journal_mode = {journal}")

    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def revision(connection: Connection) -> str:
    """The version of the tables in the file; empty where it holds no ledger."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("select version_num from alembic_version")).scalar() or "")


def migrate(engine: Engine, before_commit: Callable[[Connection], object], to: str = "head") -> None:
    """All steps that are missing, in one transaction; `before_commit` is called at its end."""
    from alembic import command
    from alembic.config import Config

    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "pipeline.ledger:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, to)
        before_commit(connection)
    engine.dispose()
