"""Every kind: what connections.yaml may say of it, and what `certify test` tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.connections.models import KINDS
from pipeline.connections.yaml_file import load_connections
from pipeline.directories.registry import KINDS as READABLE
from pipeline.directories.registry import directory_for
from pipeline.home import Home
from pipeline.orchestration.assets.landing import DESCRIPTIONS
from pipeline.problems import CATALOGUE, ExitCode
from pipeline.strict_yaml.checking import keys
from pipeline.strict_yaml.issues import InvalidFileError
from tests.contract.conftest import KINDS_RUNNING
from tests.contract.running import Running, people

pytestmark = [pytest.mark.promise("P9")]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    chosen = Home(tmp_path / "home")
    chosen.ensure()
    return chosen


def write(home: Home, *entries: dict[str, Any]) -> Home:
    home.connections_file.write_text(json.dumps({"connections": list(entries)}, indent=1))
    return home


def faults(home: Home, environ: dict[str, str]) -> str:
    with pytest.raises(InvalidFileError) as refusal:
        load_connections(home, environ)
    assert refusal.value.problem.exit_code == ExitCode.CONFIGURATION
    return str(refusal.value)


def test_the_suite_knows_every_kind_there_is() -> None:
    assert set(KINDS_RUNNING) == set(KINDS) == set(READABLE)
    assert set(KINDS) <= set(DESCRIPTIONS)


def test_its_entry_is_accepted_and_means_the_same(running: Running, home: Home) -> None:
    [connection] = load_connections(write(home, running.entry()), running.environ())
    running.put(people(3))
    read = running.directory.read(connection, as_of=running.read().as_of, run_id="contract")
    assert read.tables == running.read().tables


def test_an_unknown_key_is_refused_with_its_line_and_name(running: Running, home: Home) -> None:
    write(home, {**running.entry(), "no_such_key": "x"})
    line = home.connections_file.read_text().splitlines().index('   "no_such_key": "x"') + 1
    said = faults(home, running.environ())
    assert f"connections.yaml:{line}: " in said
    assert "no_such_key" in said


def test_each_key_it_needs_is_missed_by_name(running: Running, home: Home) -> None:
    for key in [each.name for each in keys(KINDS[running.kind]) if each.required]:
        entry = {name: value for name, value in running.entry().items() if name != key}
        assert key in faults(write(home, entry), running.environ())


@pytest.mark.parametrize("value", [7, True, ["x"], {"x": "y"}, None])
def test_no_key_it_needs_takes_a_value_of_another_type(running: Running, home: Home, value: object) -> None:
    for key in [each.name for each in keys(KINDS[running.kind]) if each.required]:
        assert key in faults(write(home, {**running.entry(), key: value}), running.environ())


def test_a_key_given_twice_is_refused(running: Running, home: Home) -> None:
    write(home, running.entry())
    text = home.connections_file.read_text()
    home.connections_file.write_text(text.replace('"name": "contract"', '"name": "contract", "name": "other"'))
    assert "name" in faults(home, running.environ())


def test_every_key_is_described(running: Running) -> None:
    described = keys(KINDS[running.kind])
    assert all(each.description and each.type for each in described)
    assert {"name", "kind", "display_name"} <= {each.name for each in described}


def test_a_variable_that_is_not_set_is_named(running: Running, home: Home) -> None:
    for name in running.environ():
        assert name in faults(write(home, running.entry()), {})


def test_no_secret_shows_in_what_is_printed_of_a_connection(running: Running) -> None:
    connection = running.connection
    said = f"{connection!r} {connection} {connection.model_dump()} {connection.model_dump_json()}"
    assert not [secret for secret in running.secrets if secret in said]


def test_the_directory_says_what_it_lands(running: Running) -> None:
    directory = directory_for(running.kind)
    assert directory.kind == running.kind
    assert directory.main_table in directory.tables
    assert all(field.name.islower() for schema in directory.tables.values() for field in schema)


def test_every_step_of_its_test_passes_where_all_is_well(running: Running) -> None:
    running.put(people(3))
    steps = list(running.directory.test(running.connection))
    assert len(steps) >= 3
    assert not [step for step in steps if step.required and step.outcome != "ok"]
    assert len({step.name for step in steps}) == len(steps)


def test_its_test_fails_with_a_fix_where_nobody_answers(running: Running) -> None:
    running.gone()
    steps = list(running.directory.test(running.connection))
    bad = [step for step in steps if step.outcome == "failed"]
    assert bad
    assert bad[0].required
    assert bad[0].problem is not None
    assert bad[0].problem.code in CATALOGUE
    assert bad[0].fix
    assert not [step for step in steps[steps.index(bad[0]) + 1 :] if step.outcome == "ok"]


@pytest.mark.needs("credentials")
def test_its_test_fails_with_a_fix_where_its_secret_is_refused(running: Running) -> None:
    running.put(people(3))
    running.lock_out()
    [bad] = [step for step in running.directory.test(running.connection) if step.outcome == "failed"]
    assert bad.required
    assert bad.fix
    assert not [secret for secret in running.secrets if secret in f"{bad}"]


@pytest.mark.needs("denied")
def test_its_test_names_the_read_that_is_denied(running: Running) -> None:
    running.put(people(3))
    running.deny()
    bad = [step for step in running.directory.test(running.connection) if step.outcome == "failed"]
    assert [step.name for step in bad if step.required] == [running.main_action]
    assert running.main_action in bad[0].detail
