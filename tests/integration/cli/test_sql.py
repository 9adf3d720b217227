"""`certify sql`: what a query prints, in each format."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from pipeline.home import Home
from tests.integration.cli.running import HOSTILE, Ran, in_a_process

ALL = "select * from inventory.accounts order by keys desc"
Certify = Callable[..., Ran]


def test_a_table_holds_every_row_and_nothing_that_acts_on_a_terminal(certify: Certify, published: Home) -> None:
    ran = certify("sql", ALL)
    assert ran.code == 0
    header, first, second = ran.out.splitlines()
    assert header.split() == ["username", "seen", "keys"]
    assert first.split() == ["zoë", "2026-11-24", "03:15", "2"]
    assert second.startswith(r"\x1b[2J[red]=cmd|'/c calc'!A1\u202e")
    assert not {"\x1b", "\u202e"} & set(ran.out)
    assert ran.err == "2 rows\n", "what is not data goes to stderr"


def test_json_is_one_exact_object_with_names_and_types(certify: Certify, published: Home) -> None:
    ran = certify("sql", ALL, "--json")
    document = json.loads(ran.out)
    assert (document["schema_version"], document["command"], document["exit_code"]) == (1, "sql", 0)
    assert document["columns"][1] == {"name": "seen", "type": "timestamp"}
    assert document["rows"] == [
        {"username": "zoë", "seen": "2026-11-24T03:15:00Z", "keys": 2},
        {"username": HOSTILE, "seen": None, "keys": -1},
    ]
    assert "\x1b" not in ran.out
    assert ran.err == ""
    assert certify("sql", ALL, "--format", "json").out == ran.out


def test_columns_of_one_name_all_reach_the_json(certify: Certify, published: Home) -> None:
    document = json.loads(certify("sql", "select 1 as a, 2 as a, 3 as a", "--json").out)
    assert document["rows"] == [{"a": 1, "a_2": 2, "a_3": 3}]


def test_csv_guards_formulas_and_keeps_the_rest(certify: Certify, published: Home) -> None:
    ran = certify("sql", "select '=1+1' as name, -1 as n, username from inventory.accounts", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out, newline="")))
    assert {row["name"] for row in rows} == {"'=1+1"}
    assert [row["n"] for row in rows] == ["-1", "-1"]
    assert HOSTILE in {row["username"] for row in rows}


def test_a_dash_reads_the_query_from_stdin(published: Home) -> None:
    ran = in_a_process("sql", "-", "--home", str(published.root), "--format", "csv", stdin="select 42 as n")
    assert (ran.code, ran.out) == (0, "n\n42\n")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("delete from inventory.accounts", "Only one select at a time"),
        ("select 1; select 2", "Only one select at a time"),
        ("", "Only one select at a time"),
        ("select nope from inventory.accounts", "nope"),
        ("select * from read_csv('/etc/passwd')", "Only one select at a time is answered"),
    ],
)
def test_anything_but_a_readable_select_is_refused_in_words(
    certify: Certify, published: Home, query: str, said: str
) -> None:
    ran = certify("sql", query)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_reader_that_goes_away_is_no_error(published: Home) -> None:
    command = [sys.executable, "-m", "pipeline.cli.app", "--home", str(published.root), "sql"]
    with subprocess.Popen(
        [*command, "select * from range(20000)"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == "20000 rows\n"
