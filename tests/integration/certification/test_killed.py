"""A command killed while it starts or closes a campaign leaves all of it or nothing, and the next one goes on."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from pipeline.certification import campaigns, deciding, published, start
from pipeline.certification.campaigns import campaign_names, load_campaign, record_decisions
from pipeline.certification.model import DecisionInput
from pipeline.home import Home
from pipeline.ledger import head, store, writer
from pipeline.ledger.store import Ledger
from pipeline.settings import Settings
from pipeline.warehouse import publish
from tests.integration.certification.conftest import by, rows
from tests.support.killing import die_at_line, lines_of, steps_worth_dying_at
from tests.unit.certification.reviewing import campaign, item

FILES = tuple(str(module.__file__) for module in (campaigns, deciding, published, start, writer, head, store, publish))
SETTINGS = Settings()
DEATHS = [10, pytest.param(200, marks=pytest.mark.soak)]


def steps_of(work: Callable[[], object], count: int) -> list[int]:
    """So many random steps of `work`, the same every time: of the gaps between two steps, and not of loops."""
    gaps = [*steps_worth_dying_at(lines_of(work, FILES))]
    return [*random.Random(11).choices(gaps, k=count - 1), gaps[-1]]  # the last one is after the commit


def check(home: Home) -> dict[str, bool]:
    """Nothing is half: the ledger verifies, and what is published is of whole campaigns. Gives who is closed."""
    assert Ledger.of(home).verify().tamperings == ()
    found = {}
    for name in campaign_names(home):
        review = load_campaign(home, name)
        assert len(review.items) == review.campaign.item_count
        assert review.closing is None or set(review.closing.result["outcomes"]) == set(review.by_id)
        found[name] = review.closing is not None
    query = "select table_name from duckdb_tables() where schema_name = 'review'"
    tables = {row["table_name"] for row in rows(home, query)}
    assert tables in (set(), {"campaigns", "items", "decisions", "progress"})
    if tables:
        query = """
            select name, item_count, count(item_id) as items
            from review.campaigns left join review.items using (campaign_id) group by all
        """
        assert [row for row in rows(home, query) if row["item_count"] != row["items"]] == []
    return found


@pytest.mark.parametrize("deaths", DEATHS)
def test_killed_at_any_step_of_starting(home: Home, people: list[str], deaths: int) -> None:
    def begin(name: str) -> None:
        options = start.Options(name, directories=("data",), where="kind = 'account'", fallbacks=tuple(people[:2]))
        start.start(home, options, SETTINGS, started_by="a", entered_by="b", now=datetime.now(UTC))

    begin("first")
    outcomes = []
    for number, step in enumerate(steps_of(lambda: begin("traced"), deaths)):
        name = f"c{number}"
        die_at_line(lambda name=name: begin(name), FILES, step)  # type: ignore[misc]
        outcomes.append(name in check(home))
    assert set(outcomes) == {True, False}, "it died before the commit and after it"
    begin(f"c{outcomes.index(False)}")
    [found] = rows(home, "select count(*) as started from review.campaigns")
    assert found == {"started": outcomes.count(True) + 3}, (
        "what was started is published, though its command was killed"
    )
    assert not list(home.root.glob(".certification.duckdb.*"))


@pytest.mark.parametrize("deaths", DEATHS)
def test_killed_at_any_step_of_closing(home: Home, deaths: int) -> None:
    items = [item(number, reviewer="a@corp.example") for number in range(40)]

    def ready(name: str) -> None:
        chosen = campaign(len(items), name=name, campaign_id=f"c-{name}")
        campaigns.store_campaign(home, chosen, items)
        inputs = [DecisionInput(1, each.item_id, each.digest, "certify", "seen") for each in items]
        assert len(record_decisions(home, name, inputs, "grace", "root").added) == len(items)

    def close(name: str) -> None:
        deciding.close(home, name, (), "", SETTINGS, by())

    for name in ("first", "traced"):
        ready(name)
    close("first")
    outcomes = []
    for number, step in enumerate(steps_of(lambda: close("traced"), deaths)):
        name = f"c{number}"
        ready(name)
        die_at_line(lambda name=name: close(name), FILES, step)  # type: ignore[misc]
        outcomes.append(check(home)[name])
        assert len(load_campaign(home, name).decisions) == len(items), "no decision is lost"
    assert set(outcomes) == {True, False}, "it died before the commit and after it"
    close(f"c{outcomes.index(False)}")
    [found] = rows(home, "select count(*) as closed from review.campaigns where status = 'closed'")
    assert found == {"closed": outcomes.count(True) + 3}, "published, though their commands were killed"
