"""The parts of a review that are timed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipeline.certification import deciding, evidence
from pipeline.certification import start as starting
from pipeline.certification.campaigns import load_campaign, record_decisions
from pipeline.certification.model import DecisionInput
from pipeline.certification.published import refresh
from pipeline.home import Home
from pipeline.settings import Settings

ITEMS, NAME = 10_000, "benchmark"
SETTINGS = Settings()
COPIED = {
    "inventory.accounts": ("account_key", "native_id", "username"),
    "inventory.credentials": ("account_key", "credential_key"),
    "inventory.entitlements": ("account_key", "entitlement_key"),
    "inventory.memberships": ("account_key",),
    "identity.identity_accounts": ("account_key",),
}
"""The tables that are multiplied, and the columns that get a number behind."""


def multiplied(home: Home) -> list[str]:
    """Copy accounts with all they have until there are enough items; gives two addresses for fallbacks."""
    with duckdb.connect(str(home.published)) as connection:
        counts = "select count(*) from inventory.accounts where not is_authoritative"
        counts += " union all select count(*) from inventory.credentials where is_usable"
        counts += " union all select count(*) from inventory.entitlements"
        there = sum(count for (count,) in connection.execute(counts).fetchall())
        for table_name, columns in COPIED.items():
            changed = ", ".join(f"{column} || '+' || number as {column}" for column in columns)
            only = " where not is_authoritative" if "accounts" in table_name else ""
            connection.execute(
                f"insert into {table_name} select * exclude (number) replace ({changed})"
                f" from (select * from {table_name}{only}), range({ITEMS // there}) as numbers (number)"
            )
        query = "select email from identity.identities where employment_status = 'active' and email is not null"
        return [str(email) for (email,) in connection.execute(f"{query} order by email limit 2").fetchall()]


def start(root: Path, *fallbacks: str) -> int:
    """How many items it has."""
    options = starting.Options(NAME, fallbacks=fallbacks)
    made = starting.start(Home(root), options, SETTINGS, started_by="a", entered_by="a", now=datetime.now(UTC))
    return len(made.review.items)


def decide(root: Path) -> int:
    """How many decisions were recorded."""
    home = Home(root)
    items = load_campaign(home, NAME).items
    rows = [DecisionInput(n, each.item_id, each.digest, "certify", "seen") for n, each in enumerate(items)]
    recorded = record_decisions(home, NAME, rows, "benchmark", "a", source="benchmark")
    refresh(home, NAME)
    return len(recorded.added)


def close(root: Path) -> int:
    """How many items came to something."""
    _, closing = deciding.close(Home(root), NAME, (), "", SETTINGS, deciding.By("a", "a", datetime.now(UTC)))
    return len(closing.result["outcomes"])


def export(root: Path) -> int:
    """The size of the zip file in bytes."""
    return evidence.export(Home(root), NAME, SETTINGS, None, datetime.now(UTC)).archive.stat().st_size
