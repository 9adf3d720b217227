"""Editing connections.yaml: what was asked changes, every other character stays, and a bad result is never written."""

from __future__ import annotations

import difflib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.connections.file_keys import COLUMN_NAMES
from pipeline.connections.models import AwsIamConnection, FileConnection
from pipeline.connections.yaml_file import (
    add_connection,
    add_connections,
    load_connections,
    remove_connection,
    update_connection,
)
from pipeline.home import Home
from pipeline.problems import ConfigurationError
from pipeline.strict_yaml.issues import InvalidFileError

WRITTEN = """\
# our directories, reviewed in May
connections:

  # the one that matters
  - name: production   # keep this name
    kind: aws_iam
    external_id: '${SECRET}'  # in the vault
    role_arn: "arn:aws:iam::111122223333:role/R"
    # of production

  # people
  - {name: people, kind: file, path: hr.csv}
  - name: old
    kind: file
    path: old.csv
    columns:
      email: Mail
      title: Job
# the end
"""
ENVIRON = {"SECRET": "xyz"}
NEW = {"name": "more", "kind": "file", "path": "more.csv", "authoritative": True, "columns": {"email": "E: mail"}}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    chosen = Home(tmp_path / "home")
    chosen.ensure()
    chosen.connections_file.write_text(WRITTEN)
    return chosen


def changed(home: Home) -> list[str]:
    """What an edit took out (-) and put in (+)."""
    now = home.connections_file.read_text()
    lines = difflib.ndiff(WRITTEN.splitlines(), now.splitlines())
    return [line for line in lines if line[0] in "+-"]


def names(home: Home) -> list[str]:
    return [connection.name for connection in load_connections(home, ENVIRON)]


def test_adding_puts_one_entry_at_the_end_and_touches_nothing_else(home: Home) -> None:
    added = add_connection(home, NEW, ENVIRON)
    assert isinstance(added, FileConnection)
    assert (added.name, added.columns) == ("more", {"email": "E: mail"})
    assert names(home) == ["production", "people", "old", "more"]
    assert changed(home) == [
        "+   - name: more",
        "+     kind: file",
        "+     path: more.csv",
        "+     authoritative: true",
        "+     columns:",
        '+       email: "E: mail"',
    ]


def test_removing_takes_the_entry_and_leaves_every_comment_around_it(home: Home) -> None:
    remove_connection(home, "production", ENVIRON)
    assert names(home) == ["people", "old"]
    assert [line[2:] for line in changed(home)] == WRITTEN.splitlines()[4:9]
    remove_connection(home, "people", ENVIRON)
    remove_connection(home, "old", ENVIRON)
    assert names(home) == []
    left = [line for line in home.connections_file.read_text().splitlines() if line]
    assert left == [
        "# our directories, reviewed in May",
        "connections: []",
        "  # the one that matters",
        "  # people",
        "# the end",
    ]
    add_connection(home, NEW, ENVIRON)
    assert names(home) == ["more"]


def test_changing_a_value_keeps_the_comment_beside_it(home: Home) -> None:
    connection = update_connection(home, "production", {"external_id": "cc-new", "display_name": "Prod"}, ENVIRON)
    assert isinstance(connection, AwsIamConnection)
    assert connection.external_id.get_secret_value() == "cc-new"
    assert [line for line in changed(home) if line[0] != "?"] == [
        "-     external_id: '${SECRET}'  # in the vault",
        "+     external_id: cc-new  # in the vault",
        "+     display_name: Prod",
    ]


def test_a_key_and_a_section_can_be_replaced_and_removed(home: Home) -> None:
    update_connection(home, "old", {"columns": {"username": "Login"}}, ENVIRON)
    assert sorted(changed(home)) == ["+       username: Login", "-       email: Mail", "-       title: Job"]
    update_connection(home, "old", {"columns": None, "authoritative": None}, ENVIRON)
    assert [line[2:] for line in changed(home)] == ["    columns:", "      email: Mail", "      title: Job"]


def test_what_stands_in_one_line_is_changed_in_place_or_left_to_the_user(home: Home) -> None:
    update_connection(home, "people", {"path": "other.csv"}, ENVIRON)
    assert changed(home)[1] == "+   - {name: people, kind: file, path: other.csv}"
    with pytest.raises(InvalidFileError, match=r"connections\.yaml:12: connections\[1\]: is written in one line"):
        update_connection(home, "people", {"authoritative": True}, ENVIRON)


def test_a_result_that_would_be_wrong_is_never_written(home: Home) -> None:
    for change in (
        lambda: add_connection(home, NEW | {"name": "people"}, ENVIRON),
        lambda: add_connection(home, NEW | {"colums": {}}, ENVIRON),
        lambda: add_connections(home, [NEW, NEW], ENVIRON),
        lambda: add_connection(home, NEW, {}),
        lambda: update_connection(home, "old", {"path": None}, ENVIRON),
        lambda: update_connection(home, "old", {"name": "No Name"}, ENVIRON),
    ):
        with pytest.raises(InvalidFileError):
            change()
        assert home.connections_file.read_text() == WRITTEN


def test_a_file_that_is_wrong_already_is_not_edited(home: Home) -> None:
    home.connections_file.write_text(WRITTEN + "connections: []\n")
    with pytest.raises(InvalidFileError, match="is given twice"):
        add_connection(home, NEW, ENVIRON)


def test_a_name_that_is_not_there_is_told(home: Home) -> None:
    with pytest.raises(ConfigurationError, match=r"'nobody' is not in .* it lists production, people, old"):
        remove_connection(home, "nobody", ENVIRON)
    with pytest.raises(ConfigurationError, match="No such connection"):
        update_connection(home, "nobody", {"path": "x.csv"}, ENVIRON)


@pytest.mark.parametrize(
    "text", [None, "", "connections:\n", "connections: []\n", "connections: [ ]  # none\n", "# only this"]
)
def test_the_first_connection_can_be_added_to_any_empty_file(home: Home, text: str | None) -> None:
    home.connections_file.unlink()
    if text is not None:
        home.connections_file.write_text(text)
    add_connection(home, NEW, {})
    add_connection(home, NEW | {"name": "second"}, {})
    assert names(home) == ["more", "second"]
    assert oct(home.connections_file.stat().st_mode & 0o777) == "0o600"
    assert ("# none" in home.connections_file.read_text()) == ("# none" in (text or ""))


def test_a_list_without_indentation_keeps_its_shape(home: Home) -> None:
    home.connections_file.write_text("connections:\n- name: a\n  kind: file\n  path: a.csv")
    add_connection(home, NEW, {})
    assert "\n- name: more\n  kind: file\n" in home.connections_file.read_text()
    remove_connection(home, "a", {})
    assert names(home) == ["more"]


@pytest.mark.promise("P23")
def test_two_processes_that_add_at_once_both_succeed(home: Home) -> None:
    program = (
        "import sys; from pathlib import Path; from pipeline.home import Home\n"
        "from pipeline.connections.yaml_file import add_connection\n"
        "for n in range(5): add_connection(Home(Path(sys.argv[1])), "
        "{'name': f'{sys.argv[2]}{n}', 'kind': 'file', 'path': 'x.csv'}, {'SECRET': 'xyz'})"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, str(home.root), name]) for name in "pq"]
    assert [process.wait(60) for process in running] == [0, 0]
    assert sorted(names(home)[3:]) == [f"{name}{n}" for name in "pq" for n in range(5)]


TEXT = st.text(st.characters(categories=["L", "N", "P", "S", "Zs", "M"]), min_size=1, max_size=30).filter(str.strip)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(display=TEXT, columns=st.dictionaries(st.sampled_from(COLUMN_NAMES), TEXT, max_size=4))
def test_whatever_is_written_down_reads_back_the_same(home: Home, display: str, columns: dict[str, str]) -> None:
    home.connections_file.write_text(WRITTEN)
    escaped = {key: value.replace("${", "$${") for key, value in columns.items()}
    add_connection(home, NEW | {"display_name": display.replace("${", "$${"), "columns": escaped}, ENVIRON)
    again = load_connections(home, ENVIRON)[-1]
    assert isinstance(again, FileConnection)
    assert (again.display_name, again.columns) == (display, columns)
    assert all(line.startswith("+") for line in changed(home))
