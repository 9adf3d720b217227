"""A process that dies while it decides, and many that decide at once: what was committed is there, the rest is not."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest

from pipeline.home import Home
from pipeline.ledger import chain, engine, head, store, writer
from pipeline.ledger.store import Ledger
from tests.support.killing import die_after, die_at_line, lines_of, random_delays, steps_worth_dying_at
from tests.unit.ledger.deciding import decision, undoing

FILES = tuple(str(module.__file__) for module in (store, engine, writer, chain, head))


def decide_twice(file: Path) -> None:
    """Two decisions and an undoing, all or nothing."""
    with Ledger(file).writing() as ledger:
        first = decision("kind", "a:1", "human")
        ledger.record(first)
        ledger.record(decision("kind", "a:2", "human"))
        ledger.undo(first.decision_id, undoing())


def outcome(file: Path) -> list[tuple[str, bool]]:
    return [(str(each.account_key), each.undone is not None) for each in Ledger(file).read()]


BOTH = [("a:1", True), ("a:2", False)]


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.soak)])
def test_killed_at_any_step_of_the_first_decision(tmp_path: Path, every: int) -> None:
    steps = lines_of(lambda: decide_twice(tmp_path / "traced.sqlite"), FILES)
    assert len(steps) > 100
    seen = set()
    for step in [*steps_worth_dying_at(steps)][::every]:
        file = tmp_path / str(step) / "ledger.sqlite"
        file.parent.mkdir()
        die_at_line(lambda file=file: decide_twice(file), FILES, step)
        found = outcome(file)
        assert found in ([], BOTH)
        seen.add(len(found))
        decide_twice(file)
        assert outcome(file) == [*found, *BOTH], "the next one goes on"
        assert Ledger(file).verify().tamperings == ()
        left = {path.name for path in file.parent.iterdir()} - {"ledger.sqlite", "ledger-head.json", "ledger.lock"}
        assert all(name.startswith(".ledger") and name.endswith(".tmp") for name in left), left
    assert seen == {0, 2}, "it died before the commit and after it"


def test_killed_at_any_time_of_a_later_decision(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    decide_twice(file)
    count = len(outcome(file))
    for delay in random_delays(40, 0.1, seed=7):
        die_after(lambda: decide_twice(file), delay)
        after = outcome(file)
        assert len(after) in (count, count + 2)
        assert after[-2:] == BOTH
        assert Ledger(file).verify().tamperings == ()
        count = len(after)


def _decide_many(file: Path, name: str, times: int) -> None:
    for number in range(times):
        with Ledger(file).writing() as ledger:
            seen = len(ledger.decisions)
            ledger.record(decision("kind", f"{name}:{number}", "human", reason=f"after {seen}"))


@pytest.mark.promise("P23")
def test_processes_that_decide_at_once_wait_for_one_another_and_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_decide_many, args=(file, name, 15)) for name in ("a", "b", "c")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0
    decided = Ledger(file).read()
    assert {each.account_key for each in decided} == {f"{name}:{n}" for name in "abc" for n in range(15)}
    assert [each.reason for each in decided] == [f"after {n}" for n in range(45)], "each saw all that came before it"


def test_leftovers_of_a_killed_first_decision_are_swept_with_the_others(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.ensure()
    leftover = home.root / ".ledger.sqlite.0123456789ab.tmp"
    leftover.write_bytes(b"")
    os.utime(leftover, (0, 0))
    home.ensure()
    assert not leftover.exists()
