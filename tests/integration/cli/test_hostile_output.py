"""More than 200 hostile names through everything a person opens: tables, CSV, spreadsheets, JSON, mail and chat."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest

from pipeline.alerts.message import slack_text, subject
from pipeline.alerts.message import text as mail_text
from pipeline.home import Home
from pipeline.spreadsheets import unguarded
from tests.integration.alerts.examples import failing, seen
from tests.integration.cli.running import Ran
from tests.promises.plugin import PromiseCount
from tests.support.hostile import NAMES

Certify = Callable[..., Ran]
TELLABLE = [name for name in NAMES if "\0" not in name]
"""DuckDB's text holds no NUL; neither does any directory's."""
DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def acts_on_a_terminal(text: str) -> list[str]:
    """Characters other than the line feed that a terminal obeys, or that turn text around or hide in it."""
    return [
        character
        for character in text
        if (unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character != "\n")
        or unicodedata.bidirectional(character) in DIRECTIONS
    ]


@pytest.fixture
def named(tmp_path: Path) -> Home:
    """A published file with an account of every name."""
    home = Home(tmp_path / "home")
    home.root.mkdir(mode=0o700)
    with duckdb.connect(str(home.published)) as connection:
        connection.execute("create schema inventory")
        connection.execute("create table inventory.accounts (number integer, username varchar)")
        connection.executemany("insert into inventory.accounts values (?, ?)", list(enumerate(TELLABLE)))
    return home


@pytest.mark.promise("P19")
def test_a_terminal_obeys_no_name_and_shows_them_all(certify: Certify, named: Home, promise: PromiseCount) -> None:
    assert len(TELLABLE) >= 200
    for arguments in ((), ("--format", "json"), ("--json",)):
        ran = certify("sql", "select * from inventory.accounts order by number", *arguments)
        assert ran.code == 0
        assert acts_on_a_terminal(ran.out) == []
        assert ran.out.count("\n") >= (1 if arguments else len(TELLABLE))
    promise.count("hostile names", len(TELLABLE))


@pytest.mark.promise("P19")
def test_json_gives_back_every_name(certify: Certify, named: Home, promise: PromiseCount) -> None:
    ran = certify("sql", "select username from inventory.accounts order by number", "--json")
    assert [row["username"] for row in json.loads(ran.out)["rows"]] == TELLABLE
    promise.count("hostile names", len(TELLABLE))


@pytest.mark.promise("P19")
def test_no_spreadsheet_runs_a_name_and_the_csv_gives_back_every_one(
    certify: Certify, named: Home, promise: PromiseCount
) -> None:
    ran = certify("sql", "select number, username from inventory.accounts order by number", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out, newline="")))
    assert [unguarded(row["username"]) for row in rows] == TELLABLE
    formulas = [row["username"] for row in rows if row["username"].startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert formulas == []
    sheet = openpyxl.Workbook().create_sheet()
    cells = [sheet.cell(1, 1, row["username"].translate(NO_CONTROLS)) for row in rows]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    for separator in ";|\t":  # what a program set to another locale takes for the end of a cell
        parts = [part for row in rows for part in row["username"].split(separator)[1:]]
        assert [part for part in parts if part.lstrip('"').startswith(("=", "+", "-", "@"))] == []
    promise.count("hostile names", len(TELLABLE))
    promise.count("formula cells", len(formulas))


NO_CONTROLS = dict.fromkeys(number for number in range(32) if number not in (9, 10, 13))
"""A spreadsheet cannot hold these."""


@pytest.mark.promise("P19")
def test_mail_and_chat_say_every_name_and_obey_none(promise: PromiseCount) -> None:
    for name in NAMES:
        message = failing(seen("can_read", what=name, remedy=name, connection=name, asset=name))
        assert acts_on_a_terminal(subject(message)) == []
        assert "\n" not in subject(message)
        body = mail_text(message)
        assert acts_on_a_terminal(body) == []
        assert not [line for line in body.splitlines() if line.startswith(("Bcc:", "MAIL FROM", "Subject: y", "."))]
        assert not {"<", ">"} & set(slack_text(message))
    promise.count("hostile names", len(NAMES))
