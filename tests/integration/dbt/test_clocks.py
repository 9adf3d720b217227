"""Limits are exact to the second on every day of the year and in every zone, and missing data makes nothing stale."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.integration.dbt.raw_rows import Company
from tests.integration.dbt.warehouses import Warehouse
from tests.promises.plugin import PromiseCount

LIMIT = timedelta(days=90)
SECOND = timedelta(seconds=1)
OFFSETS = {"a second before": -SECOND, "at": timedelta(0), "a second after": SECOND, "in the future": -LIMIT - SECOND}
"""How long beyond the limit something was last used, and what has not come yet by the clock that judges."""
INSTANTS = {
    "clocks go back in Berlin": ("Europe/Berlin", datetime(2026, 10, 25, 1, 0)),
    "a leap day within the limit, west of the date line": ("Pacific/Kiritimati", datetime(2028, 3, 1, 0, 0)),
}


@pytest.fixture(params=INSTANTS)
def now(request: pytest.FixtureRequest) -> Iterator[datetime]:
    """The instant that is judged at, on a machine in that zone."""
    zone, instant = INSTANTS[request.param]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "TZ", zone)
        time.tzset()
        yield instant
    time.tzset()


@pytest.mark.promise("P26")
def test_the_limit_is_exact_to_the_second(warehouse: Warehouse, now: datetime, promise: PromiseCount) -> None:
    company = Company(evaluated_at=now)
    aws = company.aws()
    long_ago = now - 3 * LIMIT
    for name, offset in OFFSETS.items():
        used = now - LIMIT - offset
        aws.user(f"password {name}", login={"created_at": long_ago}, password_last_used_at=used, created_at=long_ago)
        aws.user(f"never used {name}", login={"created_at": used}, created_at=long_ago)
        aws.key(
            aws.user(f"key {name}", created_at=long_ago),
            f"AKIA{len(company.rows)}{name}",
            used=used,
            created_at=long_ago,
        )
    unknown = {"last_used_state": "unknown", "last_used_gap": "iam:GetAccessKeyLastUsed denied"}
    aws.key(aws.user("key nobody may ask about", created_at=long_ago), "AKIAX", created_at=long_ago, **unknown)
    aws.user("password of no date", login={"created_at": None}, created_at=long_ago)
    aws.user("no credential", created_at=long_ago)
    warehouse.build(company)
    activity = warehouse.by("username", "inventory.accounts", "activity")
    expected = {
        f"{what} {name}": "stale" if offset == SECOND else "active"
        for what in ("password", "never used", "key")
        for name, offset in OFFSETS.items()
    }
    missing = {
        "key nobody may ask about": "unknown",
        "password of no date": "unknown",
        "no credential": "no_credentials",
    }
    assert activity == {**expected, **missing}
    stale = {row["username"] for row in warehouse.all("select username from findings.stale_accounts")}
    assert stale == {f"{what} a second after" for what in ("password", "never used", "key")}
    promise.count("instants judged", len(activity))
