"""Starts a campaign: freezes a scope of the published tables into items, each with evidence and a reviewer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.certification import access
from pipeline.certification.campaigns import load_campaign, store_campaign
from pipeline.certification.conditions import condition
from pipeline.certification.context import context_of, warnings_of
from pipeline.certification.freezing import Sources, frozen
from pipeline.certification.model import Campaign, Default, Item, Review, Scope
from pipeline.certification.published import refresh
from pipeline.certification.reviewers import NoReviewer, Reviewers, fit_reviewer
from pipeline.certification.standing import people_of
from pipeline.home import Home
from pipeline.ledger.decisions import new_id
from pipeline.problems import ConfigurationError, Problem
from pipeline.settings import Settings
from pipeline.warehouse.query import Ask, questions

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SHOWN = 3


@dataclass(frozen=True)
class Options:
    """What a campaign is started with. `fallbacks` are addresses, asked in this order."""

    name: str
    scope: Scope = Scope.ALL
    directories: tuple[str, ...] = ()
    where: str = ""
    due_at: datetime | None = None
    fallbacks: tuple[str, ...] = ()
    default: Default = Default.KEEP


@dataclass(frozen=True)
class Started:
    """A campaign that was started, and what a reviewer should know was not readable then."""

    review: Review
    warnings: tuple[str, ...]


def start(
    home: Home, options: Options, settings: Settings, *, started_by: str, entered_by: str, now: datetime
) -> Started:
    """Freeze the scope, record the campaign and refresh the tables `review.*`.

    Raises ConfigurationError, with nothing recorded, for a name, condition, directory or fallback that will not do,
    where an item has nobody to review it, and where there is nothing to review.
    """
    _check(options, now)
    where = condition(options.where)
    with questions(home) as ask:
        rows = _rows(ask, options, where)
        people = people_of(ask)
        reviewers = Reviewers(people, [fit_reviewer(people, address) for address in options.fallbacks])
        context = context_of(home, settings, ask, items_sql=access.items_sql(where), parameters=_parameters(options))
        campaign_id = f"c-{new_id()[2:]}"
        items = _items(campaign_id, rows, ask, reviewers, settings.stale_after_days)
    campaign = Campaign(
        campaign_id=campaign_id,
        name=options.name,
        scope=options.scope,
        directories=options.directories,
        where=where,
        due_at=options.due_at,
        fallbacks=options.fallbacks,
        default=options.default,
        item_count=len(items),
        started_by=started_by,
        started_at=now,
        entered_by=entered_by,
        context=context,
    )
    store_campaign(home, campaign, items)
    refresh(home, options.name)
    return Started(load_campaign(home, options.name), warnings_of(context, options.directories))


def _check(options: Options, now: datetime) -> None:
    if not NAME.fullmatch(options.name):
        reason = f"'{options.name}' is no name: use letters, digits, '.', '_' and '-', at most 64 of them"
        raise ConfigurationError(Problem.of("campaign_unfit", reason=reason))
    if options.due_at is not None and options.due_at <= now:
        raise ConfigurationError(Problem.of("campaign_unfit", reason=f"--due {options.due_at:%Y-%m-%d} is in the past"))


def _parameters(options: Options) -> dict[str, Any]:
    return {"directories": list(options.directories), "scope": str(options.scope)}


def _rows(ask: Ask, options: Options, where: str) -> list[dict[str, Any]]:
    known = {str(each) for (each,) in ask("select directory_id from inventory.directories").rows}
    if unknown := sorted(set(options.directories) - known):
        reason = f"no directory is called {', '.join(unknown)}; there are: {', '.join(sorted(known))}"
        raise ConfigurationError(Problem.of("campaign_unfit", reason=reason))
    try:
        rows = ask(access.items_sql(where), _parameters(options)).records()
    except ConfigurationError as error:
        if not where:
            raise
        reason = error.problem.message.partition(": ")[2].splitlines()[0]
        raise ConfigurationError(Problem.of("condition_unfit", where=where, reason=reason)) from error
    if not rows:
        raise ConfigurationError(Problem.of("campaign_unfit", reason="no access is in this scope"))
    return rows


def _items(
    campaign_id: str, rows: Sequence[Mapping[str, Any]], ask: Ask, reviewers: Reviewers, limit_days: int
) -> list[Item]:
    sources = Sources.read(ask, reviewers, limit_days)
    items, without = [], []
    for row in rows:
        made = frozen(campaign_id, row, sources)
        if isinstance(made, NoReviewer):
            without.append((row, made))
        else:
            items.append(made)
    if without:
        shown = "; ".join(f"{row['what']} of {row['username']} ({none.reason})" for row, none in without[:SHOWN])
        raise ConfigurationError(Problem.of("items_without_reviewer", count=len(without), shown=shown))
    return items
