"""`kill -9` at random points of all that writes, while an analyst reads: no partial state, and the next run heals.

Real processes: forked from one that has imported everything (`tests.faults.worker`).
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipeline.alerts import outbox
from pipeline.home import Home
from pipeline.landing.store import Landing
from pipeline.ledger.store import Ledger
from pipeline.orchestration.instance import open_instance
from pipeline.warehouse.query import query
from tests.faults.processes import Reader, Worker, working
from tests.integration.alerts.servers import Webhook, certificate
from tests.promises.plugin import PromiseCount

SHARES = {"extract": 50, "ledger": 40, "alert": 30, "load": 30, "publish": 30, "build": 20}
"""Of 200 deaths, how many in which work; `build` is the longest by far, and so the dearest."""
LONGEST = {"extract": 2.5, "ledger": 0.3, "alert": 0.3, "load": 2.0, "publish": 1.5, "build": 12.0}
"""Seconds after which a kill nearly always finds the work done, on a busy machine; a quick one is learned from."""
TRIES = 6
"""How often a work is begun until a kill finds it under way."""
BEFORE = {"load": ["extract"], "build": ["extract", "load"]}
"""What has to be done first for the work to have something new to do."""


@pytest.fixture
def worker(synced: Home) -> Iterator[Worker]:
    with working(synced.root.parent) as worker:
        yield worker


def new_generation(home: Home, number: int) -> None:
    """Another roster: each row says which one it is of."""
    rows = "".join(f"{row},g{number:05}-{row}@corp.example,Ada,Byron\n" for row in range(1, 4))
    (home.root / "hr.csv").write_text("id,mail,first,last\n" + rows)


def generation(home: Home) -> int:
    [(found,)] = query(home, "select distinct email[2:6] from inventory.accounts where directory_id = 'people'").rows
    return int(str(found))


def planned(deaths: int, heal_every: int, chance: random.Random) -> Iterator[str]:
    """In which work to die, in turn. Publications come right after a sync: only what it tested may be published."""
    shares = SHARES if deaths > len(SHARES) else {work: 1 for work in SHARES if work != "build"}  # killed_sync has it
    works = [work for work, share in shares.items() for _ in range(max(1, share * deaths // 200))]
    chance.shuffle(works)
    for start in range(0, len(works), heal_every):
        yield from sorted(works[start : start + heal_every], key=lambda work: work != "publish")


def progress(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """What takes an hour says how far it is."""
    with capsys.disabled():
        sys.stdout.write(f"\n{text}\n")
        sys.stdout.flush()


class Deaths:
    """One home, killed again and again. `hits` counts the kills that found the work under way."""

    def __init__(self, home: Home, worker: Worker, server: Webhook, chance: random.Random) -> None:
        self.home, self.worker, self.server, self.chance = home, worker, server, chance
        self.number = self.hits = 0
        self.healed = 0
        self.longest = dict(LONGEST)

    def die(self, work: str) -> None:
        """One death in this work; a kill that comes too late is followed by an earlier one."""
        for _ in range(TRIES):
            if self._killed(work):
                self.hits += 1
                return

    def _killed(self, work: str) -> bool:
        """Whether the kill found the work under way; and what must hold right after it."""
        self.number += 1
        new_generation(self.home, self.number)
        for each in BEFORE.get(work, []):
            assert self.worker.run(each, self.home).code == 0
        delay = self.chance.uniform(0, self.longest[work])
        name = "decide" if work == "ledger" else work
        is_hit = bool(self.worker.killed_after(delay, name, self.home, self.number))
        if not is_hit:
            self.longest[work] = delay
        self.check()
        return is_hit

    def check(self) -> None:
        """Every file that is never to be seen half-written is whole, read by another process's rules."""
        assert generation(self.home) <= self.number
        assert Ledger.of(self.home).verify().tamperings == ()
        decided = [str(each.account_key).rpartition("-") for each in Ledger.of(self.home).read()]
        numbers = [number for number, _, half in decided if half == "a"]
        assert numbers == [number for number, _, half in decided if half == "b"], "both decisions or none"
        outbox.load(self.home)
        landing = Landing(self.home.landing)
        for kind, name in (("file", "people"), ("aws_iam", "production"), ("aws_iam", "staging")):
            current = landing.current(kind, name)
            assert current is not None
            for table in current.tables:
                landing.table(current, table)  # verified by its digest

    def heal(self) -> None:
        """The next sync does all that is missing, and leaves nothing of what died."""
        self.number += 1
        new_generation(self.home, self.number)
        ran = self.worker.run("sync", self.home)
        assert ran.code == 0, ran.said
        assert generation(self.home) == self.number
        assert self.worker.run("decide", self.home, self.number).code == 0
        assert self.worker.run("alert", self.home, self.number).code == 0
        assert outbox.load(self.home).outbox == [], "everything was delivered"
        ids = [found["id"] for _, _, found in self.server.requests]
        assert len(ids) - len(set(ids)) <= self.number, "each death repeats at most the delivery it died in"
        told = {each["check"] for _, _, found in self.server.requests for each in found["failing"]}
        assert f"check_{self.number}" in told
        self.check()
        assert not list(self.home.root.glob(f".{self.home.published.name}.*"))
        assert not list(self.home.landing.glob("*/*/.*.partial"))
        with open_instance(self.home) as instance:
            assert not instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        self.healed += 1


@pytest.mark.promise("P1", "P2")
@pytest.mark.timeout(0)
@pytest.mark.parametrize(
    ("deaths", "heal_every"), [(5, 5), pytest.param(200, 25, marks=pytest.mark.soak)], ids=["a few", "200"]
)
def test_killed_at_random_points_while_an_analyst_reads(
    synced: Home,
    worker: Worker,
    tmp_path: Path,
    deaths: int,
    heal_every: int,
    capsys: pytest.CaptureFixture[str],
    promise: PromiseCount,
) -> None:
    chance = random.Random(9)
    works = list(planned(deaths, heal_every, chance))
    new_generation(synced, 0)
    assert worker.run("sync", synced).code == 0
    trusted = certificate(tmp_path)
    with Webhook(certificate=trusted) as server:
        (tmp_path / "url").write_text(server.url)
        synced.settings_file.write_text(f"alert_webhook_url_file: {tmp_path / 'url'}\nalert_ca_file: {trusted.file}\n")
        died = Deaths(synced, worker, server, chance)
        reader = Reader(synced.published)
        for number, work in enumerate(works, start=1):
            died.die(work)
            if number % heal_every == 0:
                died.heal()
            if number % 5 == 0:
                progress(capsys, f"{number} kills, {died.hits} at work, {died.healed} syncs healed")
        seen = reader.stop()
    progress(capsys, f"{len(works)} kills, {died.hits} at work, {died.healed} syncs healed; reader: {seen}")
    assert seen["errors"] == []
    promise.count("kills", len(works))
    promise.count("partial states", 0)
    promise.count("reader errors", 0)
    assert died.hits > len(works) / 3
