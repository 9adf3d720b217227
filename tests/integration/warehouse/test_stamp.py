"""Nothing is published but what was built and tested, all of it, over exactly what is loaded."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.home import Home
from pipeline.problems import CertifyError, ExitCode
from pipeline.warehouse import stamp
from pipeline.warehouse.build import build
from pipeline.warehouse.open import warehouse
from pipeline.warehouse.publish import publish
from pipeline.warehouse.query import query
from pipeline.warehouse.raw import create_tables
from tests.integration.warehouse.toy_project import write_toy

pytestmark = pytest.mark.promise("P38")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_toy(tmp_path / "project")


@pytest.fixture
def tested(home: Home, project: Path) -> Home:
    """A home in which one load was built, tested and published."""
    load(home)
    build(home, project=project)
    publish_now(home)
    return home


def load(home: Home, *, dies: bool = False) -> None:
    with warehouse(home) as database:
        create_tables(database, {})
        stamp.begin_load(database)
        if not dies:
            stamp.finish_load(database, "7:abc:")


def publish_now(home: Home) -> None:
    publish(home, run_id="run", published_at=datetime.now(UTC))


def published_load(home: Home) -> object:
    return query(home, "select load_id from operations.publication").rows[0][0]


def refused(home: Home) -> str:
    before = published_load(home)
    with pytest.raises(CertifyError) as error:
        publish_now(home)
    assert error.value.problem.code == "build_untested"
    assert error.value.problem.exit_code is ExitCode.REFUSED
    assert published_load(home) == before
    return error.value.problem.message


def test_a_load_after_the_build_is_not_published(tested: Home, project: Path) -> None:
    """Of two syncs at once: one has built, the other loads, and the first would publish."""
    load(tested)
    assert "not all built and tested since the last load" in refused(tested)
    build(tested, project=project)
    before = published_load(tested)
    publish_now(tested)
    assert published_load(tested) != before


def test_a_load_that_died_is_not_published_even_when_it_was_built_over(tested: Home, project: Path) -> None:
    load(tested, dies=True)
    assert build(tested, project=project).problem is None
    assert "the last load was not finished" in refused(tested)


def test_a_build_of_a_part_takes_the_stamp_away(tested: Home, project: Path) -> None:
    build(tested, select=["first"], project=project)
    refused(tested)


def test_a_build_whose_tests_fail_is_not_published(tested: Home, project: Path, tmp_path: Path) -> None:
    broken = write_toy(tmp_path / "broken", first="select 1 as id union all select 1 as id")
    assert build(tested, project=broken).problem is not None
    refused(tested)
    build(tested, project=project)
    publish_now(tested)


def test_a_build_that_dies_is_not_published(tested: Home) -> None:
    with warehouse(tested) as database:
        assert stamp.begin_build(database)
    refused(tested)


def test_a_warehouse_of_an_earlier_version_is_not_published(tested: Home) -> None:
    with warehouse(tested) as database:
        database.execute("drop table raw.build_stamp")
    assert "the last load was not finished" in refused(tested)


def test_the_publication_says_which_load_and_which_end_of_the_ledger_it_is_of(tested: Home) -> None:
    with warehouse(tested) as database:
        seen = stamp.read_stamp(database)
    assert seen is not None
    assert query(tested, "select load_id, ledger_head from operations.publication").rows == [(seen.load_id, "7:abc:")]
