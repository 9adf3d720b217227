"""No cell starts a formula in any spreadsheet of any locale, and every text comes back as it was."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis.strategies import lists, sampled_from, text

from pipeline.spreadsheets import guarded, unguarded

PIECES = ["=", "+", "-", "@", "'", ";", ",", "|", "\t", "\r", "\n", '"', "a", " ", "\0", "HYPERLINK(1)", "ü"]
A_FORMULA = re.compile(r"[=+\-@\t\r\0]")


@given(lists(sampled_from(PIECES), max_size=8).map("".join) | text(max_size=20))
@example("x;=cmd()")
@example("';''=x")
def test_what_was_guarded_comes_back_as_it_was(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


@pytest.mark.promise("P19")
@given(lists(sampled_from(PIECES), max_size=8).map("".join))
def test_no_locale_finds_a_formula_at_the_start_of_a_cell(cell: str) -> None:
    """Whatever a program takes for the separator, and whether it understands the quotes or not."""
    written = io.StringIO()
    csv.writer(written).writerow(["first", guarded(cell), "last"])
    for separator in ";,|\t":
        for part in re.split(rf"[{separator}\n\r]", written.getvalue()):
            assert not A_FORMULA.match(part.lstrip('"')), (separator, written.getvalue())


@pytest.mark.parametrize("cell", ["x;=cmd()", "Ann;@SUM(1)", 'a";+1', "=1"])
def test_a_formula_behind_a_semicolon_is_guarded(cell: str) -> None:
    assert "'" in guarded(cell)


@pytest.mark.parametrize("cell", ["O'Brien", "a=b", "x-y", "ann@corp.example", "a, b; c", ""])
def test_ordinary_text_is_left_alone(cell: str) -> None:
    assert guarded(cell) == cell
