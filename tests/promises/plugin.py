"""Counts how far the tests that keep promises go, and holds that against what docs/promises.md says.

A test says which promise it keeps by `@pytest.mark.promise("P13")`. It may ask for the fixture `promise` and count what
it did: `promise.count("pairs denied", 231)`. Counts of all its cases are added up, and so are its cases themselves.
`--record-promises` (`make promises`) writes them down; any other run of the whole suite fails where one is less.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.promises.catalogue import PROMISES
from tests.promises.evidence import FIGURES, ROOT, kept_promises, read_figures, write_figures
from tests.promises.page import PAGE, page

CASES = "cases"
COUNTED = "promise-counts"


@dataclass
class PromiseCount:
    """What one case of a test counts."""

    counts: Counter[str] = field(default_factory=Counter)

    def count(self, what: str, number: int = 1) -> None:
        """Add `number` to what this test did, such as `pairs denied`; a number that is the same in every run."""
        self.counts[what] += number


@pytest.fixture
def promise(request: pytest.FixtureRequest) -> Iterator[PromiseCount]:
    """For a test that keeps a promise: how far it goes, beside the number of its cases."""
    assert request.node.get_closest_marker("promise"), "only a test that keeps a promise has a figure"
    counted = PromiseCount()
    yield counted
    request.node.user_properties.append((COUNTED, dict(counted.counts)))


SIZES = {"examples": "random examples", "payloads": "random payloads", "count": "rounds"}
"""Parameters that say how far a test goes, and what they count."""


def _sizes(item: pytest.Item) -> Iterator[tuple[str, int]]:
    limits = getattr(getattr(item, "obj", None), "_hypothesis_internal_use_settings", None)
    if limits is not None:
        yield SIZES["examples"], limits.max_examples
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    yield from ((what, parameters[name]) for name, what in SIZES.items() if isinstance(parameters.get(name), int))


class Promises:
    """The plugin for the tests below `root`; with xdist, the process that hands them out adds the counts up."""

    def __init__(self, config: pytest.Config, root: Path = ROOT, figures: Path = FIGURES, page: Path = PAGE) -> None:
        self._config, self._root, self._file, self._page = config, root, figures, page
        self._counts: dict[str, Counter[str]] = {}
        self._not_passed: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Refuse a promise that is not in the catalogue."""
        unknown = {name for item in items for mark in item.iter_markers("promise") for name in mark.args} - {*PROMISES}
        if unknown:
            raise pytest.UsageError(f"no such promise: {', '.join(sorted(unknown))}; see tests/promises/catalogue.py")

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Hypothesis knows how far its tests go, and so do tests that take a number as a parameter."""
        counted = dict(_sizes(item))
        if counted:
            item.user_properties.append((COUNTED, counted))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up what passed; one failure or skip, and the test has no figure in this run."""
        node = report.nodeid.partition("[")[0]
        if not report.passed:
            self._not_passed.add(node)
        elif report.when == "teardown":
            counts = self._counts.setdefault(node, Counter())
            counts[CASES] += 1
            for name, found in report.user_properties:
                if name == COUNTED and isinstance(found, dict):
                    counts.update(found)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Record the figures, or fail the run of the whole suite where one fell below what is recorded."""
        if hasattr(self._config, "workerinput"):
            return
        if self._config.option.record_promises:
            kept = {each.node for each in kept_promises(self._root / "tests")}
            recorded = {node: figure for node, figure in read_figures(self._file).items() if node in kept}
            write_figures({**recorded, **self._figures()}, self._file)
            with contextlib.suppress(ValueError):  # test_promises says what is missing
                self._page.write_text(page(), encoding="utf-8")
        elif self._fallen() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name what fell."""
        if not self._config.option.record_promises and (fallen := self._fallen()):
            terminalreporter.section("promises kept less far than docs/promises.md says")
            for node in fallen:
                now, recorded = self._figures()[node], read_figures(self._file)[node]
                terminalreporter.line(f"{node}: {now} and not {recorded}")
            terminalreporter.line("Run `make promises` when that is meant.")

    def _figures(self) -> dict[str, dict[str, int]]:
        """By test that keeps a promise and passed in every case of this run."""
        marked = {kept.node for kept in kept_promises(self._root / "tests")}
        whole = marked & (self._counts.keys() - self._not_passed)
        return {node: dict(sorted(self._counts[node].items())) for node in whole}

    def _fallen(self) -> list[str]:
        """Tests of a whole run that counted less of anything than is recorded; more may be recorded at any time."""
        options = self._config.option
        if options.keyword or self._config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
            return []
        recorded = read_figures(self._file)
        return sorted(
            node
            for node, figure in self._figures().items()
            if any(figure.get(what, -1) < number for what, number in recorded.get(node, {}).items())
        )
