"""What a campaign was started from, for an auditor: publication, snapshots and their hashes, coverage, thresholds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pipeline import __version__
from pipeline.certification.access import CONTEXT
from pipeline.home import Home
from pipeline.landing.manifest import Manifest
from pipeline.landing.store import Landing
from pipeline.settings import Settings, duration
from pipeline.warehouse.query import Ask


def context_of(
    home: Home, settings: Settings, ask: Ask, *, items_sql: str, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """The answers to `access.CONTEXT`, the settings in force, the hashes of the snapshots, and the queries."""
    found: dict[str, Any] = {subject: ask(sql).records() for subject, sql in CONTEXT.items()}
    landing = Landing.of(home, settings)
    for snapshot in found["snapshots"]:
        snapshot["tables"] = _hashes(landing, snapshot)
    return {
        **found,
        "certify_version": __version__,
        "settings": thresholds(settings),
        "queries": {
            "items": {"sql": items_sql, "parameters": dict(parameters)},
            **{subject: {"sql": sql, "parameters": {}} for subject, sql in CONTEXT.items()},
        },
    }


def thresholds(settings: Settings) -> dict[str, Any]:
    """The settings that decide what is stale, orphaned or held, and how a campaign is judged."""
    return {
        "stale_after_days": settings.stale_after_days,
        "authoritative_max_age": duration(settings.authoritative_max_age),
        "max_shrink": settings.max_shrink,
        "max_shrink_rows": settings.max_shrink_rows,
        "assignment_confidence": settings.assignment_confidence,
        "assignment_odds": settings.assignment_odds,
        **{name: value for name, value in settings.model_dump().items() if name.startswith("review_")},
    }


def warnings_of(context: Mapping[str, Any], directories: Collection[str]) -> tuple[str, ...]:
    """What could not be read of the directories in scope, in words: it is in no item, or its evidence is unknown."""
    found = []
    for each in context["directories"]:
        if each["is_authoritative"] or (directories and each["directory_id"] not in directories):
            continue
        if each["status"] != "fresh":
            found.append(f"{each['directory_id']}: {each['status']}; the items are as of its last good read")
        if each["accounts_with_unread_rights"]:
            count = each["accounts_with_unread_rights"]
            found.append(f"{each['directory_id']}: rights of {count} accounts could not all be read, and are no items")
        if each["missing_permissions"]:
            found.append(f"{each['directory_id']}: not allowed to read {each['missing_permissions']}")
    return tuple(found)


def _hashes(landing: Landing, snapshot: Mapping[str, Any]) -> dict[str, str]:
    """By table the SHA-256 of its file; empty where the snapshot is not kept any more."""
    kept = landing.attempts(snapshot["kind"], snapshot["directory_id"])
    manifest: Manifest | None = next((each for each in kept if each.snapshot_id == snapshot["snapshot_id"]), None)
    return {} if manifest is None else {name: table.sha256 for name, table in sorted(manifest.tables.items())}
