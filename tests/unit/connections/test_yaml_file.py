"""connections.yaml: loaded whole, or refused with the file, the line, the field and the way out of every fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.connections.file_keys import COLUMN_NAMES
from pipeline.connections.models import KINDS, AwsIamConnection, FileConnection
from pipeline.connections.yaml_file import choose, load_connections
from pipeline.directories.base import ACCOUNTS
from pipeline.home import Home
from pipeline.problems import ConfigurationError, ExitCode
from pipeline.strict_yaml.checking import keys
from pipeline.strict_yaml.issues import InvalidFileError

CONTRACT = """
connections:
  - name: production
    display_name: Production AWS Account
    kind: aws_iam
    role_arn: arn:aws:iam::111122223333:role/CertificationCenterReadOnly
    external_id: cc-${SECRET}
    access_mode: read_only
  - name: people
    display_name: HR roster
    kind: file
    path: hr.csv
    authoritative: true
    columns: {employee_id: EmployeeNumber, email: WorkEmail}
"""
ROLE = "arn:aws:iam::111122223333:role/R"
AWS = f"connections:\n  - name: a\n    kind: aws_iam\n    role_arn: {ROLE}\n    external_id: xy\n"
FILE = "connections:\n  - name: a\n    kind: file\n    path: a.csv\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def load(home: Home, text: str | bytes, **environ: str) -> list[AwsIamConnection | FileConnection]:
    home.connections_file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_connections(home, environ)


def faults(home: Home, text: str | bytes, **environ: str) -> list[str]:
    """Every fault as `LINE: field: text`, having made sure that the message tells them all."""
    with pytest.raises(InvalidFileError) as caught:
        load(home, text, **environ)
    assert caught.value.problem.exit_code == ExitCode.CONFIGURATION
    told = [f"{fault.line}: {fault.field + ': ' if fault.field else ''}{fault.text}" for fault in caught.value.faults]
    for line in told:
        assert f"\n  connections.yaml:{line}" in str(caught.value)
    return told


def test_the_example_of_the_documentation_loads(home: Home) -> None:
    production, people = load(home, CONTRACT, SECRET="7d0c")
    assert isinstance(production, AwsIamConnection)
    assert production.external_id.get_secret_value() == "cc-7d0c"
    assert (production.account_id, production.access_mode, production.authoritative) == (
        "111122223333",
        "read_only",
        False,
    )
    assert isinstance(people, FileConnection)
    assert people.path == home.root / "hr.csv"
    assert people.columns == {"employee_id": "EmployeeNumber", "email": "WorkEmail"}
    assert people.authoritative


def test_what_is_left_out_has_its_default(home: Home) -> None:
    (connection,) = load(home, AWS)
    assert isinstance(connection, AwsIamConnection)
    assert (connection.display_name, connection.access_mode) == ("a", "read_only")


def test_an_external_id_shows_itself_only_to_who_asks(home: Home) -> None:
    connection = load(home, CONTRACT, SECRET="canary")[0]
    shown = f"{connection!r} {connection} {connection.model_dump()} {connection.model_dump_json()}"
    assert "canary" not in shown
    assert "production" in shown


@pytest.mark.parametrize("text", [None, "", "# nothing\n", "connections:\n", "connections: []\n"])
def test_no_file_and_a_file_that_lists_none_mean_no_connections(home: Home, text: str | None) -> None:
    connections = load_connections(home, {}) if text is None else load(home, text)
    assert connections == []
    with pytest.raises(ConfigurationError, match="No directory is connected") as caught:
        choose(connections, [], home)
    assert caught.value.problem.exit_code == ExitCode.CONFIGURATION


def test_choosing_keeps_the_order_and_suggests_for_a_name_that_is_not_there(home: Home) -> None:
    connections = load(home, CONTRACT, SECRET="x")
    assert [each.name for each in choose(connections, ["people", "production"], home)] == ["production", "people"]
    assert choose(connections, [], home) == connections
    with pytest.raises(ConfigurationError, match="did you mean 'people'"):
        choose(connections, ["poeple"], home)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            AWS + "    acces_mode: x\n",
            "6: connections[0].acces_mode: is not a key of this. did you mean 'access_mode'?",
        ),
        (AWS + "    name: b\n", "6: connections[0].name: is given twice, first on line 2"),
        (
            AWS + "    access_mode: write\n",
            "6: connections[0].access_mode: 'write' is not possible. did you mean 'write_back'?",
        ),
        (AWS + "    authoritative: true\n", "6: connections[0].authoritative: is not a key of this"),
        (AWS + "    display_name: No\n", "6: connections[0].display_name: `No` is a truth value to some"),
        (AWS + "    display_name: ''\n", "6: connections[0].display_name: is blank"),
        (
            AWS + "    display_name: 2026\n",
            '6: connections[0].display_name: `2026` is a number, not text. put it in quotes: "2026"',
        ),
        (AWS + "    display_name: true\n", "6: connections[0].display_name: `true` is a truth value, not text"),
        (AWS.replace("xy", "x"), "5: connections[0].external_id: has 1 characters"),
        (AWS.replace("xy", "'x y'"), "5: connections[0].external_id: has a character that AWS does not allow"),
        (AWS.replace("xy", "é" * 9), "5: connections[0].external_id: has a character that AWS does not allow"),
        (AWS.replace("xy", "x" * 1225), "5: connections[0].external_id: has 1225 characters"),
        (AWS.replace("xy", "00123"), "5: connections[0].external_id: `...` is a number, not text. put it in quotes"),
        (
            AWS.replace("xy", "${NOT_THERE}"),
            "5: connections[0].external_id: the environment variable NOT_THERE is not set",
        ),
        (AWS.replace(":role/R", ":user/R"), "4: connections[0].role_arn: Invalid role ARN: it is the ARN of a user"),
        (AWS.replace("    external_id: xy\n", ""), "2: connections[0].external_id: is missing. add it"),
        (AWS.replace("name: a", "name: A"), "2: connections[0].name: is not a possible name"),
        (AWS.replace("name: a", "name: " + "a" * 42), "2: connections[0].name: is not a possible name"),
        (AWS.replace("name: a", "name: 'a\\n'"), "2: connections[0].name: is not a possible name"),
        (AWS.replace("name: a", "name: 7"), '2: connections[0].name: `7` is a number, not text. put it in quotes: "7"'),
        (
            AWS.replace("aws_iam", "aws_aim"),
            "3: connections[0].kind: 'aws_aim' is not a known kind. did you mean 'aws_iam'?",
        ),
        (
            AWS.replace("aws_iam", "oracle"),
            "3: connections[0].kind: 'oracle' is not a known kind. use one of aws_iam, ",
        ),
        (AWS.replace("    kind: aws_iam\n", ""), "2: connections[0].kind: is missing. use one of aws_iam, "),
        (FILE + "    authoritative: yes\n", "5: connections[0].authoritative: `yes` is a truth value to some"),
        (
            FILE + '    authoritative: "true"\n',
            "5: connections[0].authoritative: is text. write true or false, without quotes",
        ),
        (
            FILE + "    columns: {emial: x}\n",
            "5: connections[0].columns.emial: is not a key of this. did you mean 'email'?",
        ),
        (
            FILE + "    columns:\n      email: a\n      title: 1\n",
            "7: connections[0].columns.title: `1` is a number, not text",
        ),
        (FILE + "    columns: [email]\n", "5: connections[0].columns: is a list. write it as lines of `key: value`"),
        (FILE + "    columns: {email: ' '}\n", "5: connections[0].columns: has no name of a column for email"),
        (FILE + "    encoding: utf-9\n", "5: connections[0].encoding: is not a known text encoding"),
        (FILE + "    encoding: base64\n", "5: connections[0].encoding: is not a known text encoding"),
        (FILE + "    date_format: '%d.%m'\n", "5: connections[0].date_format: is not a format of a whole date"),
        (FILE + "    date_format: DD.MM.YYYY\n", "5: connections[0].date_format: is not a format of a whole date"),
        (FILE + "    max_size_mb: 0\n", "5: connections[0].max_size_mb: is outside 1 to 4096"),
        (FILE.replace("a.csv", "a.exe"), "4: connections[0].path: has an ending nobody here can read"),
        (FILE.replace("a.csv", "''"), "4: connections[0].path: is empty"),
        (FILE.replace("a.csv", ""), "4: connections[0].path: is empty"),
        (FILE.replace("a.csv", "7"), "4: connections[0].path: `7` is a number, not text"),
        ("- name: a\n", "1: does not start with `connections:`"),
        ("conections: []\n", "1: has no `connections:`"),
        ("connections: []\nother: 1\n", "2: other: is not a key of this file"),
        ("connections: {a: b}\n", "1: connections: is not a list"),
        ("connections: hello\n", "1: connections: is not a list"),
        ("connections:\n- a\n", "2: connections[0]: is not a connection"),
        ("just text", "1: does not start with `connections:`"),
    ],
)
def test_each_fault_is_named_with_line_and_field_and_the_way_out(home: Home, text: str, says: str) -> None:
    assert any(told.startswith(says) for told in faults(home, text)), faults(home, text)


def test_a_number_in_an_external_id_is_not_repeated(home: Home) -> None:
    assert "00123" not in "".join(faults(home, AWS.replace("xy", "00123")))


def test_two_connections_may_share_neither_name_nor_external_id(home: Home) -> None:
    second = AWS.removeprefix("connections:\n").replace("111122223333", "444455556666")
    told = faults(home, AWS + second)
    assert told == [
        "6: connections[1].name: is the name of another connection too, on line 2. give each its own",
        "9: connections[1].external_id: is the external ID of another connection too, on line 5. give each its own",
    ]
    reused = (AWS + second.replace("name: a", "name: b")).replace("xy", "${SAME}")
    told = faults(home, reused, SAME="canary")
    assert len(told) == 1
    assert "canary" not in told[0]


def test_every_fault_of_the_file_is_told_at_once_in_its_order(home: Home) -> None:
    told = faults(home, "connections:\n" + "  - name: A\n    kind: file\n    path: x.exe\n    nme: no\n" * 30)
    assert [int(line.split(":")[0]) for line in told] == [4 * item + key for item in range(30) for key in (2, 4, 5)]


def test_the_columns_that_can_be_mapped_are_those_every_table_has() -> None:
    own = {"attributes", "invalid_fields", "known_fields", "source_row"}
    assert set(COLUMN_NAMES) == set(ACCOUNTS.names) - own


def test_every_key_of_every_kind_is_described() -> None:
    for kind, model in KINDS.items():
        described = keys(model)
        assert [key.name for key in described] == list(model.model_fields)
        assert all(key.description and key.type for key in described), kind
    required = {kind: {key.name for key in keys(model) if key.required} for kind, model in KINDS.items()}
    assert required["aws_iam"] == {"name", "role_arn", "external_id"}
    assert required["file"] == {"name", "path"}
