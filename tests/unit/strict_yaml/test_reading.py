"""The strict YAML loader: what it gives, what it refuses, and that it names the line."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pipeline.strict_yaml.document import Document
from pipeline.strict_yaml.issues import ValidationIssue
from pipeline.strict_yaml.reading import MAX_BYTES, read_yaml


def given(text: str | bytes, **environ: str) -> Document:
    return read_yaml("f.yaml", text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"), environ)


def only_fault(text: str | bytes, **environ: str) -> ValidationIssue:
    (fault,) = given(text, **environ).faults
    return fault


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1", 1),
        ("a: -12", -12),
        ("a: 1.5", 1.5),
        ("a: 1e3", 1000.0),
        ("a: true", True),
        ("a: FALSE", False),
        ("a:", None),
        ("a: ~", None),
        ("a: null", None),
        ("a: 'true'", "true"),
        ('a: "007"', "007"),
        ("a: 2026-01-02", "2026-01-02"),
        ("a: 1_000", "1_000"),
        ("a: 10:30", "10:30"),
        ("a: 0x1F", "0x1F"),
        ("a: [x, 'no']", ["x", "no"]),
        ("a: {b: c}", {"b": "c"}),
        ("a: José 李", "José 李"),
        ("\ufeffa: 1", 1),
        ("a: 1\r\n", 1),
    ],
)
def test_values_are_what_the_core_schema_says(text: str, value: Any) -> None:
    document = given(text)
    assert document.faults == []
    assert document.value == {"a": value}
    assert type(document.value["a"]) is type(value)


def test_an_empty_file_says_nothing() -> None:
    for text in ("", "\n", "# only a comment\n", "---\n"):
        assert (given(text).value, given(text).faults) == (None, [])


@pytest.mark.promise("P10")
@pytest.mark.parametrize(
    ("text", "line", "field", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a", "is given twice, first on line 1"),
        ("x:\n  - a: 1\n    a: 2\n", 3, "x[0].a", "is given twice, first on line 2"),
        ("a: 1\nb: no\n", 2, "b", '"no" in quotes'),
        ("a: Yes\n", 1, "a", "truth value to some"),
        ("a: off", 1, "a", "truth value to some"),
        ("a: &x 1\n", 1, "a", "anchor"),
        ("a: 1\nb: *a\n", 2, "b", "alias"),
        ("a: !!python/object:os.system x\n", 1, "a", "tag"),
        ("a: !local x\n", 1, "a", "tag"),
        ("%YAML 1.1\n---\na: no\n", 2, "", "% directive"),
        ("a: 1\n---\nb: 2\n", 2, "", "second document"),
        ("a: [1, 2\nb: 3", 2, "", "not valid YAML"),
        ("a: 1\n\tb: 2", 2, "", "not valid YAML"),
        ("a: 1\n b: 2", 2, "", "not valid YAML"),
        ('a: "\\U99999999"', 1, "", "not valid YAML"),
        ("? [x]\n: 1", 1, "", "key that is not a word"),
        ("a:\n " + "[" * 30 + "]" * 30, 2, "a[0]", "nested too deeply"),
        ("a: x\x00", 1, "", "invisible character U+0000"),
        ("a: 1\nb: admin\u202exe\n", 2, "", "invisible character U+202E"),
        ("a: x\x1b[31m", 1, "", "invisible character U+001B"),
        ("a: x\u2028b: y", 1, "", "invisible character U+2028"),
        ('a: "x\\u202Ey"', 1, "a", "character U+202E"),
        ('a: "x\\ud800"', 1, "a", "character U+D800"),
        ('a: "x\\ny"', 1, "a", "character U+000A"),
        ("a: |\n  one\n  two\n", 1, "a", "character U+000A"),
        (b"a: 1\nb: M\xfcller\n", 2, "", "is not UTF-8 (byte 0xfc)"),
        ("a: 1".encode("utf-16"), 1, "", "is not UTF-8"),
        (b"x" * (MAX_BYTES + 1), 1, "", "is larger than 1024 KiB"),
    ],
)
def test_each_trap_is_refused_with_its_line_and_field(text: str | bytes, line: int, field: str, says: str) -> None:
    fault = only_fault(text)
    assert (fault.line, fault.field) == (line, field)
    assert says in fault.text


def test_an_alias_bomb_costs_nothing() -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10)]
    before = time.process_time()
    document = given("l0: &l0 x\n" + "\n".join(levels))
    assert len(document.faults) > 9
    assert all("write the value out" in fault.text for fault in document.faults)
    assert time.process_time() - before < 5  # expanded, it would be 9 to the 9th values


def test_all_faults_of_a_file_are_told_at_once() -> None:
    document = given("a: no\nb: &x 1\nc: ${NOT_SET}\na: 2\n")
    assert [fault.line for fault in document.faults] == [1, 2, 3, 4]


def test_the_environment_fills_a_whole_value_or_a_part_of_it() -> None:
    document = given("a: ${ONE}\nb: 'x-${ONE}-${TWO_2}'\nc: $HOME $$ $1\nd: $${ONE}\n", ONE="1", TWO_2="${ONE}")
    assert document.faults == []
    assert document.value == {"a": "1", "b": "x-1-${ONE}", "c": "$HOME $$ $1", "d": "${ONE}"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: ${NOPE}", "the environment variable NOPE is not set"),
        ("a: ${}", "without a name"),
        ("a: ${x", "without a name"),
        ("a: ${1X}", "without a name"),
        ("a: ${HOSTILE}", "character U+202E"),
    ],
)
def test_a_variable_that_cannot_be_filled_is_a_fault(text: str, says: str) -> None:
    assert says in only_fault(text, HOSTILE="a\u202eb").text


def test_a_key_is_never_filled_from_the_environment() -> None:
    assert given("${A}: 1", A="b").value == {"${A}": 1}


def test_places_are_exact_enough_to_edit_the_text() -> None:
    document = given("connections:\r\n  - name: 'a b'  # why\r\n    path: x\r\n")
    spot = document.written["connections", 0, "name"]
    assert document.text[spot.start : spot.end] == "'a b'"
    assert (spot.line, spot.key_line, spot.key_column) == (1, 1, 4)
    assert document.written["connections", 0].last_line == 2
