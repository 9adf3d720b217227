"""Which AWS users are stale, worked out from a company's tables without the project's rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pyarrow as pa

from benchmarks.identity.company import Company
from benchmarks.identity.people import AS_OF

STALE_AFTER = timedelta(days=90)


def stale_users(company: Company) -> set[str]:
    """account_key of every user with a usable credential that used none of them for more than 90 days."""
    return {
        f"{name}:{user_id}"
        for name, tables in company.iam.items()
        for user_id, used in _last_used(tables).items()
        if AS_OF - max(used) > STALE_AFTER
    }


def _last_used(tables: Mapping[str, pa.Table]) -> dict[str, list[datetime]]:
    """For each user with a usable credential, when each of them was last used or else made."""
    used: dict[str, list[datetime]] = {}
    signed_in = {user["user_id"]: user["password_last_used_at"] for user in tables["users"].to_pylist()}
    for profile in tables["login_profiles"].to_pylist():
        if profile["has_password"]:
            used.setdefault(profile["user_id"], []).append(signed_in[profile["user_id"]] or profile["created_at"])
    for key in tables["access_keys"].to_pylist():
        if key["status"] == "Active":
            used.setdefault(key["user_id"], []).append(key["last_used_at"] or key["created_at"])
    return used
