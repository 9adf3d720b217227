"""Two syncs, a run of the Dagster pages, a decision and a report at once: nothing is lost, and a wait says for whom."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator

import pytest

from pipeline.home import Home
from pipeline.ledger.store import Ledger
from pipeline.problems import ExitCode
from pipeline.warehouse.query import query
from tests.faults.processes import Ended, Reader, Worker, working
from tests.integration.orchestration.test_killed_anywhere import new_generation, progress
from tests.promises.plugin import PromiseCount

AT_ONCE = ("certify_sync", "certify_sync", "page_run", "decision", "findings")
NOISE = ("Traceback", "database is locked", "Conflicting lock", "IO Error", "OperationalError", "unexpected")
"""What no user is to see of the locks below."""


@pytest.fixture
def worker(synced: Home) -> Iterator[Worker]:
    with working(synced.root.parent) as worker:
        yield worker


def round_of(worker: Worker, home: Home, number: int, dies: float | None) -> list[tuple[str, Ended]]:
    """All of them at once; the first sync is killed after so many seconds, where that is given."""
    pids = [(work, worker.start(work, home, number)) for work in AT_ONCE]
    if dies is not None:
        time.sleep(dies)
        os.kill(pids[0][1], signal.SIGKILL)
    return [(work, worker.wait(pid)) for work, pid in pids]


def assert_orderly(ended: list[tuple[str, Ended]], killed: bool) -> int:
    """Each has done its work, or says who holds the lock since when; gives how many had to try again."""
    waited = 0
    for number, (work, each) in enumerate(ended):
        if killed and number == 0 and each.code == -signal.SIGKILL:
            continue
        if seen := [word for word in NOISE if word in each.said]:
            pytest.fail(f"{work} says {seen}:\n{each.said}")
        if work == "certify_sync" and each.code == ExitCode.LOCKED:
            assert "is held by pid" in each.said
            assert "since 20" in each.said
            waited += 1
        else:
            assert each.code == 0, (work, each.code, each.said)
    return waited


@pytest.mark.promise("P23")
@pytest.mark.timeout(0)
@pytest.mark.parametrize("rounds", [2, pytest.param(50, marks=pytest.mark.soak)])
def test_two_syncs_a_page_run_a_decision_and_a_report_at_once(
    synced: Home, worker: Worker, rounds: int, capsys: pytest.CaptureFixture[str], promise: PromiseCount
) -> None:
    chance = random.Random(23)
    new_generation(synced, 0)
    assert worker.run("certify_sync", synced).code == 0
    reader = Reader(synced.published)
    again = kills = 0
    for number in range(1, rounds + 1):
        new_generation(synced, number)
        killed = number % 5 == 2
        kills += killed
        again += assert_orderly(round_of(worker, synced, number, chance.uniform(0, 4) if killed else None), killed)
        decided = Ledger.of(synced).read()
        assert [each.reason for each in decided] == [f"round {each}" for each in range(1, number + 1)]
        assert all(each.undone is not None for each in decided)
        progress(capsys, f"round {number} of {rounds}: {again} tried again, {kills} killed")
    assert worker.run("certify_sync", synced).code == 0, "no lock is left over"
    seen = reader.stop()
    assert Ledger.of(synced).verify().tamperings == ()
    assert query(synced, "select distinct email[2:6] from inventory.accounts where directory_id = 'people'").rows == [
        (f"{rounds:05}",)
    ]
    assert seen["errors"] == []
    promise.count("rounds of five at once", rounds)
    promise.count("reader errors", 0)
    progress(capsys, f"{rounds} rounds: {again} syncs tried again, {kills} killed; reader: {seen}")
