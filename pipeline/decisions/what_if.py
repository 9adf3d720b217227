"""Tries other matching weights and limits on a copy of the warehouse, and compares the results."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from pipeline.home import Home
from pipeline.problems import CertifyError, ConfigurationError, Problem
from pipeline.settings import Settings
from pipeline.warehouse.build import NodeDone, build
from pipeline.warehouse.open import warehouse
from pipeline.warehouse.sync_metadata import match_settings

JUDGED = ("+identity_accounts", "+identities", "+accounts", "+orphaned_accounts", "+duplicate_identities")
"""What a change of weights can change. The history of findings is not part of a trial."""
STATES = """
    select
        identities.account_key,
        accounts.username || ' @ ' || accounts.directory_id as account,
        identities.status,
        persons.display_name as person,
        identities.identity_id,
        round(identities.confidence, 4) as confidence,
        identities.rules,
        orphans.reason as orphaned,
        duplicates.duplicate_kind as duplicate
    from identity.identity_accounts as identities
    inner join inventory.accounts as accounts on identities.account_key = accounts.account_key
    left join identity.identities as persons
        on identities.identity_id = persons.identity_id and accounts.account_kind <> 'service'
    left join findings.orphaned_accounts as orphans on identities.account_key = orphans.account_key
    left join findings.duplicate_identities as duplicates on identities.account_key = duplicates.account_key
    where not identities.is_authoritative
"""
NOTICED = ("status", "identity_id", "orphaned", "duplicate")
"""A different confidence alone is no news."""

State = dict[str, Any]


@dataclass(frozen=True)
class AccountChange:
    """One account that would be judged otherwise; a side is empty for an account that only the other knows."""

    account_key: str
    before: State
    after: State


@dataclass(frozen=True)
class WhatIfResult:
    """What came of it: every account's state before and after, by account_key."""

    before: Mapping[str, State]
    after: Mapping[str, State]

    @property
    def changes(self) -> list[AccountChange]:
        """The accounts whose person, status or finding differs, in a lasting order."""
        keys = sorted({*self.before, *self.after})
        pairs = [AccountChange(key, self.before.get(key, {}), self.after.get(key, {})) for key in keys]
        return [each for each in pairs if any(each.before.get(key) != each.after.get(key) for key in NOTICED)]


def proposed(settings: Settings, weights: Mapping[str, float], limits: Mapping[str, float]) -> Settings:
    """The home's settings with other weights and limits. Raises ConfigurationError for what settings.yaml refuses."""
    merged = {"match_weights": {**settings.match_weights, **weights}, **limits}
    try:
        checked = Settings.model_validate(merged)
    except ValidationError as error:
        first = error.errors()[0]
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise ConfigurationError(Problem.of("what_if_unfit", field=str(first["loc"][0]), reason=reason)) from error
    return settings.model_copy(update={key: getattr(checked, key) for key in merged})


def what_if(home: Home, now: Settings, then: Settings, *, on_node: NodeDone | None = None) -> WhatIfResult:
    """Match with the settings of `now` and of `then` in a copy of the warehouse, which is thrown away.

    Both sides are made of what is loaded, with the decisions in force; `home` stays as it is. Raises CertifyError when
    nothing was synced yet or a build fails, Locked while another process writes.
    """
    if not home.warehouse.exists():
        raise ConfigurationError(Problem.of("not_published", file=home.warehouse))
    with home.trial() as copy:
        with home.lock("what-if"):
            with warehouse(home):
                pass  # what a killed process left in the log beside the file is in the file now
            shutil.copyfile(home.warehouse, copy.warehouse)
        return WhatIfResult(_judged(copy, now, on_node), _judged(copy, then, on_node))


def _judged(home: Home, settings: Settings, on_node: NodeDone | None) -> dict[str, State]:
    rows = [(row["setting_kind"], row["name"], row["value"]) for row in match_settings(settings)]
    with warehouse(home) as connection:
        connection.execute("delete from raw.match_settings")
        connection.executemany("insert into raw.match_settings values (?, ?, ?)", rows)
    outcome = build(home, select=JUDGED, on_node=on_node)
    if outcome.problem is not None:
        raise CertifyError(outcome.problem)
    with warehouse(home) as connection:
        cursor = connection.execute(STATES)
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["account_key"]: row for row in found}
