"""The warehouse file: one writer, private, and a clear word when it cannot be had."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import duckdb
import pytest

from pipeline.home import Home
from pipeline.problems import CertifyError, ExitCode, Locked
from pipeline.warehouse.open import attach_warehouse, scratch, transaction, warehouse

HOLDER = """
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
time.sleep(float(sys.argv[2]))
"""


def hold(home: Home, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.warehouse), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


@pytest.fixture
def holder(home: Home) -> Iterator[subprocess.Popen[str]]:
    """Another process that has the warehouse open."""
    process = hold(home, 60)
    yield process
    process.kill()
    process.wait()


def test_whoever_holds_the_warehouse_is_named(home: Home, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(Locked, match=f"held by pid {holder.pid}") as refusal, warehouse(home, patience=0.3):
        pass
    assert refusal.value.problem.exit_code == ExitCode.LOCKED
    with scratch() as connection, pytest.raises(Locked, match=f"held by pid {holder.pid}"):
        attach_warehouse(connection, home, "w", patience=0.3)


def test_a_short_owner_is_waited_for(home: Home) -> None:
    """A dbt whose parent was killed still holds the file for a moment."""
    process = hold(home, 1.0)
    began = time.monotonic()
    with warehouse(home, patience=30) as connection:
        assert connection.execute("select 1").fetchall() == [(1,)]
    assert time.monotonic() - began > 0.3
    process.wait()


def test_the_warehouse_is_private_and_in_utc(home: Home) -> None:
    with warehouse(home) as connection:
        assert home.warehouse.stat().st_mode & 0o777 == 0o600
        assert connection.execute("select current_setting('TimeZone')").fetchall() == [("UTC",)]
        assert connection.execute("select current_setting('autoinstall_known_extensions')").fetchall() == [(False,)]


def test_a_file_that_is_no_database_is_called_so(home: Home) -> None:
    home.warehouse.write_bytes(b"scrambled" * 10_000)
    with pytest.raises(CertifyError, match="rebuilt from the landing") as failure, warehouse(home):
        pass
    assert failure.value.problem.code == "warehouse_unreadable"


def insert(connection: duckdb.DuckDBPyConnection, *statements: str) -> None:
    with transaction(connection):
        for statement in statements:
            connection.execute(statement)


def test_a_transaction_is_all_or_nothing(home: Home) -> None:
    with warehouse(home) as connection:
        connection.execute("create table t (a int primary key)")
        for statement in ("insert into t values (1), (1)", "insert into nowhere values (1)", "select 1 +"):
            with pytest.raises(duckdb.Error):
                insert(connection, "insert into t values (2)", statement)
        insert(connection, "insert into t values (3)")
        assert connection.execute("select a from t").fetchall() == [(3,)]
