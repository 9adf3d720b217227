"""What a directory says reaches a terminal, a spreadsheet and a program without attacking any of them."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli import render
from pipeline.spreadsheets import unguarded

ANYTHING = st.text(st.characters(codec=None))  # lone surrogates too


@pytest.mark.promise("P19")
@given(ANYTHING)
def test_visible_text_holds_no_control_or_bidirectional_character(text: str) -> None:
    shown = render.visible(text)
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}]
    assert not [
        c
        for c in shown
        if unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jgone", r"\x1b[2Jgone"),
        ("exe.\u202egnp", r"exe.\u202egnp"),
        ("two\nlines\tand\rmore", r"two\nlines\tand\rmore"),
        ("admin\u200b", r"admin\u200b"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("Zoë Nguyễn 李", "Zoë Nguyễn 李"),
        ("[bold]markup[/bold] :smile:", "[bold]markup[/bold] :smile:"),
    ],
)
def test_invisible_characters_are_shown_and_names_are_left_alone(text: str, shown: str) -> None:
    assert render.visible(text) == shown


@given(st.dictionaries(ANYTHING, ANYTHING))
def test_json_is_exact_and_safe_for_a_terminal(document: dict[str, str]) -> None:
    text = render.json_text(document)
    assert json.loads(text) == document
    assert text == render.visible(text)


def test_json_speaks_utc_and_numbers() -> None:
    document = {"at": datetime(2026, 11, 24, 3, 15), "count": Decimal(12), "share": Decimal("0.25"), "name": "Zoë"}
    assert render.json_text(document) == '{"at": "2026-11-24T03:15:00Z", "count": 12, "share": 0.25, "name": "Zoë"}'


@pytest.mark.parametrize("name", ["=1+1", "+x", "-x", "@x", "\tx", "\rx"])
def test_csv_disarms_what_a_spreadsheet_would_execute(name: str) -> None:
    [_, row] = csv.reader(io.StringIO(render.csv_text(["user"], [[name]]), newline=""))
    assert row == ["'" + name]


@given(st.lists(st.text(st.characters(codec="utf-8"))))
def test_csv_gives_back_the_exact_name_once_the_guard_is_taken_off(names: list[str]) -> None:
    text = render.csv_text(["user", "n"], [[name, -1] for name in names])
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [unguarded(row["user"]) for row in rows] == names
    assert all(row["n"] == "-1" for row in rows), "a number is not a formula"


def test_csv_on_a_terminal_shows_escapes_instead_of_sending_them() -> None:
    assert render.csv_text(["user"], [["\x1b]0;x\x07"]], terminal=True) == "user\n\\x1b]0;x\\x07\n"
    assert "\x1b" in render.csv_text(["user"], [["\x1b]0;x\x07"]])


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=4, seconds=30), "4 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=48), "2 d"),
        (timedelta(days=400), "400 d"),
    ],
)
def test_ages_are_said_as_people_say_them(span: timedelta, words: str) -> None:
    assert render.age(span) == words
