"""No promise is written down that no test keeps, and the page says what the tests say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.promises.catalogue import PROMISES, Promise
from tests.promises.evidence import ROOT, Kept, kept_promises, read_figures
from tests.promises.page import PAGE, page, written

ONE = {"P1": Promise("It works.")}
KEPT = [Kept("P1", "tests/test_it.py::test_it_works")]
FIGURES = {"tests/test_it.py::test_it_works": {"cases": 3, "kills": 200, "partial states": 0}}


def test_the_page_is_what_the_tests_say() -> None:
    assert PAGE.read_text() == page(), "out of date: run `make promises`"


def test_every_promise_has_a_number_and_all_27_are_there() -> None:
    assert list(PROMISES) == [f"P{number}" for number in range(1, len(PROMISES) + 1)]
    assert len(PROMISES) >= 27
    assert {name for name, each in PROMISES.items() if each.waits_for} <= {"P3", "P4", "P5", "P6", "P7", "P25"}


def test_a_row_is_the_promise_the_test_and_its_figure() -> None:
    row = "| P1 | It works. | [it works](../tests/test_it.py) | 200 kills, 0 partial states |"
    assert row in written(ONE, KEPT, FIGURES).splitlines()
    later = Kept("P1", "tests/test_it.py::test_added_since")
    assert "3 cases" not in written(ONE, [*KEPT, later], FIGURES)
    assert "0 partial states<br>not counted yet |" in written(ONE, [*KEPT, later], FIGURES)
    waiting = {"P3": Promise("It acts once.", "write-back")}
    assert written(waiting, [], {}).endswith("| P3 | It acts once. | *waits for write-back* | |\n")
    by_file = [Kept("P1", f"tests/test_it.py::test_{name}", is_by_file=True) for name in ("a", "b")]
    figures = {each.node: {"cases": 2} for each in by_file}
    assert written(ONE, by_file, figures).endswith("| [all of test_it.py](../tests/test_it.py) | 4 cases |\n")


@pytest.mark.parametrize(
    ("promises", "kept", "figures", "fault"),
    [
        (ONE, [], {}, "no test keeps P1"),
        ({"P1": Promise("It works.", "a feature")}, KEPT, FIGURES, "P1 waits for no feature any more"),
        ({}, KEPT, FIGURES, "which is no promise"),
        (ONE, KEPT, {}, "no test of P1 has a figure"),
        (ONE, KEPT, {**FIGURES, "tests/test_it.py::test_gone": {"cases": 1}}, "keeps no promise"),
    ],
)
def test_what_no_test_keeps_cannot_be_written_down(
    promises: dict[str, Promise], kept: list[Kept], figures: dict[str, dict[str, int]], fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        written(promises, kept, figures)


SUITE = """\
import pytest
pytestmark = [pytest.mark.promise("P2")]

@pytest.mark.promise("P1", "P3")
@pytest.mark.parametrize("n", [1, 2])
def test_marked(n, promise):
    promise.count("steps", n)
    promise.count("faults", 0)

@pytest.mark.soak
def test_long():
    assert True

def helper():
    pass
"""


def test_marks_are_read_from_functions_and_modules(tmp_path: Path) -> None:
    (tmp_path / "tests" / "a").mkdir(parents=True)
    (tmp_path / "tests" / "a" / "test_some.py").write_text(SUITE)
    found = [(each.promise, each.name, each.is_by_file, each.is_soak) for each in kept_promises(tmp_path / "tests")]
    assert found == [
        ("P2", "test_marked", True, False),
        ("P1", "test_marked", False, False),
        ("P3", "test_marked", False, False),
        ("P2", "test_long", True, True),
    ]
    assert {each.file for each in kept_promises(tmp_path / "tests")} == {"tests/a/test_some.py"}


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """The suite above with the plugin, in a process of its own: how it ended and what it printed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.promises.alone", *arguments]
    ran = subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_figures_are_added_up_recorded_and_may_not_fall(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\nmarkers =\n    promise\n    soak\n")
    (suite := tmp_path / "tests" / "test_some.py").write_text(SUITE)
    figures = tmp_path / "figures.json"
    assert run(tmp_path, "--record-promises", "-m", "not soak")[0] == 0
    recorded = {"tests/test_some.py::test_marked": {"cases": 2, "faults": 0, "steps": 3}}
    assert read_figures(figures) == recorded
    assert run(tmp_path, "-m", "not soak")[0] == 0
    assert run(tmp_path, "-k", "test_marked and not 2")[0] == 0, "a part of the suite has no figures"
    suite.write_text(SUITE.replace("[1, 2]", "[1, 2, 3]"))
    assert run(tmp_path, "-m", "not soak")[0] == 0, "more than what is written down"
    suite.write_text(SUITE.replace("[1, 2]", "[1]"))
    code, said = run(tmp_path, "-m", "not soak")
    assert (code, "test_some.py::test_marked: {'cases': 1, 'faults': 0, 'steps': 1}" in said) == (1, True)
    assert read_figures(figures) == recorded, "only --record-promises writes"


def test_an_unknown_promise_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\nmarkers =\n    promise\n    soak\n")
    (tmp_path / "tests" / "test_some.py").write_text(SUITE.replace("P1", "P999"))
    code, said = run(tmp_path)
    assert (code, "no such promise: P999" in said) == (4, True)
