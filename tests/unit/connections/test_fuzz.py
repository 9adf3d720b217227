"""Whatever connections.yaml or settings.yaml holds, the answer is what it says or one error with file and line."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.connections.models import AwsIamConnection, AwsIdentityCenterConnection, FileConnection
from pipeline.connections.network import LdapConnection, ScimConnection
from pipeline.connections.yaml_file import load_connections
from pipeline.home import Home
from pipeline.problems import ExitCode
from pipeline.settings import Settings, load_settings
from pipeline.strict_yaml.issues import InvalidFileError
from tests.integration.fuzz.fuzzing import DOCUMENT_DAMAGE, EXAMPLES, VALUES, WATCH, example_settings, rewritten

GOOD = """\
connections:
  - name: production
    kind: aws_iam
    role_arn: arn:aws:iam::111122223333:role/R
    external_id: "cc-${SECRET}"
    access_mode: read_only
  - {name: people, kind: file, path: hr.csv, authoritative: true}
  - name: more
    kind: file
    path: more.xlsx
    columns: {email: 'Work Mail', title: Job}
"""
SETTINGS = """\
stale_after_days: 45
authoritative_max_age: 48h
read_deadline: 30m
max_shrink: 0.2
alert_email_to: [ops@example.org]
alert_email_from: certify@example.org
alert_smtp_url: smtps://mail.example.org
match_weights: {full_name: 0.6}
status_words: {terminated: [Laid off], active: [Staff]}
attributes: {Ansvarig: owner}
"""
TOKENS = [
    *"[]{}:,-?&*!|>'\"%@`#\\\t \n\r\0\x1b\x7f\x85\u2028\u202e\ufeff~=<$",
    *(
        "- ",
        ": ",
        "? ",
        "<<: *a",
        "&a ",
        "*a",
        "!!int ",
        "!x ",
        "---\n",
        "...\n",
        "%YAML 1.1\n",
        "|\n",
        ">-\n",
        "no",
        "null",
    ),
    *(
        "true",
        "0x10",
        "1e999",
        "-.inf",
        ".nan",
        "9" * 400,
        "${",
        "${X}",
        "${SECRET}",
        "$$",
        "\\x00",
        '"\\u202e"',
        "\\U99999999",
    ),
    *("connections:", "- name: production\n", "  kind: aws_iam\n", "é", "李", "\ud800", "[" * 40, "{" * 40, "x" * 3000),
]
SPOT = st.tuples(st.integers(0, len(GOOD)), st.integers(0, 30), st.sampled_from(TOKENS))


def refused(load: Callable[[Home, Mapping[str, str]], object], home: Home) -> InvalidFileError | None:
    """What is said against the file; anything but this one error is a traceback, and fails the test."""
    try:
        load(home, {"SECRET": "7d0c"})
    except InvalidFileError as error:
        return error
    return None


def judged(home: Home, raw: bytes) -> None:
    """Load `raw` as either file and hold the answer to the promise."""
    for file, load in ((home.connections_file, load_connections), (home.settings_file, load_settings)):
        file.write_bytes(raw)
        with WATCH.over(home.root):
            error = refused(load, home)
        if error:
            assert error.problem.exit_code == ExitCode.CONFIGURATION
            lines = str(error).split("\n")[1:-1]
            assert lines
            assert all(re.match(rf"  {file.name}:[1-9][0-9]*: \S|  \.\.\. and", line) for line in lines), lines
            assert str(error).replace("\n", "").isprintable()
            highest = raw.count(b"\n") + raw.count(b"\r") + 1
            assert all(1 <= fault.line <= highest for fault in error.faults)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.mark.promise("P10")
@EXAMPLES
def test_a_mutated_file_is_loaded_or_refused_never_a_traceback(home: Home, examples: int) -> None:
    @example_settings(examples)
    @given(st.lists(SPOT, min_size=1, max_size=4), st.sampled_from([GOOD, SETTINGS]))
    def mutated(spots: list[tuple[int, int, str]], text: str) -> None:
        for start, length, token in spots:
            text = text[:start] + token + text[start + length :]
        judged(home, text.encode("utf-8", "surrogatepass"))

    mutated()


@pytest.mark.promise("P10")
@EXAMPLES
def test_a_file_of_fragments_is_loaded_or_refused(home: Home, examples: int) -> None:
    lines = [*GOOD.splitlines(keepends=True), *SETTINGS.splitlines(keepends=True)]

    @example_settings(examples)
    @given(st.lists(st.sampled_from([*TOKENS, *lines]), max_size=25))
    def fragments(tokens: list[str]) -> None:
        judged(home, "".join(tokens).encode("utf-8", "surrogatepass"))

    fragments()


@pytest.mark.promise("P10")
@EXAMPLES
def test_bytes_of_any_kind_are_loaded_or_refused(home: Home, examples: int) -> None:
    @example_settings(examples)
    @given(st.binary(max_size=300), st.integers(0, len(GOOD)))
    def anything(raw: bytes, position: int) -> None:
        text = GOOD.encode()
        judged(home, text[:position] + raw + text[position:])

    anything()


@pytest.mark.promise("P10")
@EXAMPLES
def test_values_of_any_type_for_any_key_are_loaded_or_refused(home: Home, examples: int) -> None:
    """As JSON, which is YAML: what is wrong is the value, not how it is written."""
    models = (Settings, AwsIamConnection, AwsIdentityCenterConnection, FileConnection, LdapConnection, ScimConnection)
    keys = sorted({key for model in models for key in model.model_fields})

    @example_settings(examples)
    @given(st.dictionaries(st.sampled_from(keys), VALUES, max_size=4), DOCUMENT_DAMAGE, st.integers(0, 2))
    def typed(values: dict[str, Any], damage: Any, shape: int) -> None:
        entries = rewritten([{"name": "a", "kind": "file", "path": "a.csv"}], damage)
        first = {**entries[0], **values} if entries and isinstance(entries[0], dict) else entries
        document = ({"connections": [first]}, {"connections": values}, values)[shape]
        judged(home, json.dumps(document).encode("utf-8", "surrogatepass"))

    typed()


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 50_000,
        "- " * 50_000,
        "a: " * 50_000,
        "? " * 50_000,
        "a: " + "x " * 400_000,
        "a: '" + "x\n\n" * 100_000,
        "a: [" + "b, " * 200_000,
        "connections:\n" + "- name: a\n" * 60_000,
        "connections:\n" + "  - " + "&a " * 100_000,
        "\n" * 1_000_000,
        "# x\n" * 200_000,
        "".join(" " * depth + "a:\n" for depth in range(1_000)),
    ],
    ids=lambda text: text[:12].encode("unicode_escape").decode(),
)
def test_a_file_made_to_be_slow_is_refused_in_time(home: Home, text: str) -> None:
    home.connections_file.write_text(text)
    before = time.process_time()
    error = refused(load_connections, home)
    assert error is None or error.faults
    assert time.process_time() - before < 20
