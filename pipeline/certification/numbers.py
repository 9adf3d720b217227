"""The numbers of an evidence pack, each with the SQL over the published tables that gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.home import Home
from pipeline.warehouse.query import questions
from pipeline.warehouse.sql import quote_literal

OF = """from review.{table}
inner join review.campaigns as campaigns using (campaign_id)
where campaigns.name = {name}"""
CAMPAIGN = """select
    item_count, decided_count, item_count - decided_count as undecided_count, needs_re_review_count, revoked_count,
    carried_out_count
from review.campaigns where name = {name}"""
REVIEWERS = """select
    reviewer,
    count(*) as items,
    count(*) filter (decision in ('certify', 'revoke', 'reduce')) as decided,
    count(*) filter (decision = 'revoke') as revoked"""
OUTCOME = "coalesce(outcome, decision, 'undecided') as outcome"
REVOKED = "count(*) filter (decision = 'revoke') as revoked"
DECIDED = "count(*) as decisions, count(*) filter (is_latest) as that_count"
GROUPED = "group by all order by all"
QUERIES = (
    ("campaign", "The campaign in numbers", CAMPAIGN),
    ("outcomes", "What the items came to", f"select {OUTCOME}, count(*) as items\n{OF}\n{GROUPED}"),
    ("reviewers", "Items of each reviewer", f"{REVIEWERS}\n{OF}\n{GROUPED}"),
    (
        "recommendations",
        "Recommendation and decision",
        f"select recommendation, coalesce(decision, 'none') as decision, count(*) as items\n{OF}\n{GROUPED}",
    ),
    (
        "directories",
        "Items of each directory",
        f"select directory_id, kind, count(*) as items, {REVOKED}\n{OF}\n{GROUPED}",
    ),
    ("access_now", "The access by later reads", f"select access_now, {OUTCOME}, count(*) as items\n{OF}\n{GROUPED}"),
    ("decisions", "Every decision recorded", f"select decided_by, decisions.decision, {DECIDED}\n{OF}\n{GROUPED}"),
)
"""(key, title, query); a query is about the campaign {name}."""


@dataclass(frozen=True)
class NumberTable:
    """Some numbers: what they are, the SQL, and the answer."""

    key: str
    title: str
    sql: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


def numbers_of(home: Home, name: str) -> list[NumberTable]:
    """Every table of numbers of a campaign, from the file that is published now."""
    with questions(home) as ask:
        found = []
        for key, title, template in QUERIES:
            table = "decisions" if key == "decisions" else "items"
            sql = template.format(name=quote_literal(name), table=table)
            answer = ask(sql)
            found.append(NumberTable(key, title, sql, answer.columns, answer.rows))
        return found
