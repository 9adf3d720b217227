"""Building: every node's outcome is known, the warehouse is closed afterwards, the project is left as it was."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.home import Home
from pipeline.problems import CertifyError
from pipeline.warehouse.build import BuildResult, build
from pipeline.warehouse.open import warehouse
from tests.integration.warehouse.toy_project import write_toy


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_toy(tmp_path / "project")


def statuses(result: BuildResult) -> dict[str, str]:
    return {node.name: node.status for node in result.nodes}


def test_every_node_is_built_and_tested_and_told(home: Home, project: Path) -> None:
    told: list[tuple[str, int, int]] = []

    result = build(home, on_node=lambda *node: told.append(node), project=project)

    assert statuses(result) == {
        "first": "success",
        "second": "success",
        "third": "success",
        "not_null_first_id": "pass",
        "unique_first_id": "pass",
        "unique_second_id": "pass",
    }
    assert result.problem is None
    assert [(done, total) for _, done, total in told] == [(number, 6) for number in range(1, 7)]
    with duckdb.connect(str(home.warehouse)) as connection:
        assert connection.execute("select id from findings.third order by id").fetchall() == [(1,), (2,)]


def test_the_warehouse_is_free_afterwards_and_a_second_build_runs_in_the_same_process(
    home: Home, project: Path
) -> None:
    build(home, project=project)
    with warehouse(home, patience=0) as connection:
        connection.execute("drop table findings.third")
    build(home, project=project)
    with warehouse(home, patience=0) as connection:
        assert connection.execute("select count(*) from findings.third").fetchall() == [(2,)]


def test_a_mart_that_the_project_has_no_more_is_gone_after_the_next_build(home: Home, project: Path) -> None:
    build(home, project=project)
    with warehouse(home, patience=0) as connection:
        connection.execute("create table findings.former as select 1 as id")
        connection.execute("create schema history")
        connection.execute("create table history.kept as select 1 as id")
    build(home, project=project)
    with warehouse(home, patience=0) as connection:
        names = "select table_schema || '.' || table_name from information_schema.tables"
        found = {name for (name,) in connection.execute(names).fetchall()}
    assert found == {"findings.first", "findings.second", "findings.third", "history.kept"}


def test_one_parse_serves_every_home(home: Home, project: Path, tmp_path: Path) -> None:
    build(home, project=project)
    parsed = (project / ".parsed" / "manifest.json").stat().st_mtime_ns
    other = Home(tmp_path / "other")
    other.ensure()

    assert build(other, project=project).problem is None
    assert (project / ".parsed" / "manifest.json").stat().st_mtime_ns == parsed
    assert {entry.name for entry in project.iterdir()} == {
        "dbt_project.yml",
        "profiles.yml",
        "macros",
        "models",
        ".parsed",
    }


def test_a_failing_test_stops_what_depends_on_it_and_names_itself(home: Home, tmp_path: Path) -> None:
    project = write_toy(tmp_path / "project", first="select 1 as id union all select 1 as id")

    result = build(home, project=project)

    assert statuses(result)["unique_first_id"] == "fail"
    assert {node.name for node in result.skipped} == {"second", "third", "unique_second_id"}
    assert result.problem is not None
    assert result.problem.code == "build_failed"
    assert "unique_first_id" in result.problem.message
    assert next(node for node in result.failures).failures == 1


def test_a_warning_stops_nothing(home: Home, tmp_path: Path) -> None:
    project = write_toy(tmp_path / "project", second="select 1 as id from {{ ref('first') }}")

    result = build(home, project=project)

    assert [node.name for node in result.warnings] == ["unique_second_id"]
    assert statuses(result)["third"] == "success"
    assert result.problem is None


def test_a_failing_model_is_told_in_the_databases_words(home: Home, tmp_path: Path) -> None:
    project = write_toy(tmp_path / "project", first="select no_such_column as id")

    problem = build(home, project=project).problem

    assert problem is not None
    assert "no_such_column" in problem.message


def test_some_models_can_be_built_alone(home: Home, project: Path) -> None:
    build(home, project=project)
    assert set(statuses(build(home, select=["second", "unique_first_id"], project=project))) == {
        "second",
        "unique_first_id",
    }


def test_a_project_that_cannot_run_is_a_problem_and_no_traceback(
    home: Home, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "profiles.yml").write_text("toy: {}")
    with pytest.raises(CertifyError) as failure:
        build(home, project=project)
    assert failure.value.problem.code == "project_invalid"
    assert capfd.readouterr().out == ""
