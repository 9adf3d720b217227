"""Maps LDAP entries to the accounts table.

A directory shows what the account that reads may see, and says nothing of the rest. So a column counts as known only
when at least one entry showed the attribute: otherwise nobody can tell "nobody has one" from "we may not look".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pipeline.directories import cells
from pipeline.directories.base import ACCOUNTS, GROUPS_KNOWN, INSTANT
from pipeline.directories.ldap_schema import values
from pipeline.directories.ldap_schema.active_directory import is_locked, kind_of
from pipeline.directories.ldap_schema.distinguished_names import folded
from pipeline.directories.ldap_schema.entry import Entry, native_id
from pipeline.directories.ldap_schema.presets import SchemaPreset
from pipeline.directories.rows import Row, as_json, told

INSTANTS = frozenset(each.name for each in ACCOUNTS if each.type == INSTANT)


def known_fields(entries: Sequence[Entry], preset: SchemaPreset) -> set[str]:
    """The columns this directory told anything of."""
    shown = {name for entry in entries for name, found in entry.attributes.items() if found}
    known = {column for column, names in preset.attributes.items() if any(name.lower() in shown for name in names)} | {
        "native_id"
    }
    for column, names in (("last_active_at", preset.seen_by_all), ("locked_at", preset.locked)):
        if any(name.lower() in shown for name in names):
            known.add(column)
    tells_shut = [preset.control] if preset.control else ["pwdAccountLockedTime", *preset.shut]
    if any(name.lower() in shown for name in tells_shut):
        known.add("is_enabled")
    return known


def accounts(
    entries: Sequence[Entry], preset: SchemaPreset, known: set[str], as_of: datetime, lockout: timedelta | None = None
) -> list[Row]:
    """Rows of ACCOUNTS; raises ConflictingRowsError for an entry without an id.

    `lockout` is how long an account stays locked by itself, None for until somebody unlocks it.
    """
    hiding = _hiding(entries, preset)
    rows = [_account(entry, preset, known, as_of, lockout, is_hidden=entry.dn in hiding) for entry in entries]
    by_dn = {folded(entry.dn): row for entry, row in zip(entries, rows, strict=True)}
    for row in rows:
        manager = by_dn.get(folded(row["manager_id"] or ""))
        if manager is not None:
            row["manager_id"] = manager["employee_id"] or manager["native_id"]
    return rows


def _account(
    entry: Entry, preset: SchemaPreset, known: set[str], as_of: datetime, lockout: timedelta | None, *, is_hidden: bool
) -> Row:
    row: Row = dict.fromkeys(ACCOUNTS.names)
    row.update(native_id=native_id(entry, preset), known_fields=json.dumps(sorted(known)))
    invalid: list[str] = []

    def fill(column: str, read: Callable[[], Any]) -> None:
        try:
            row[column] = read()
        except ValueError:
            invalid.append(column)

    for column, names in preset.attributes.items():
        if column != "native_id":
            fill(column, lambda column=column, names=names: _value(entry, column, names))  # type: ignore[misc]
    fill("last_active_at", lambda: _latest(entry, preset.active))
    fill("locked_at", lambda: _locked(entry, preset.locked, lockout, as_of))
    if "is_enabled" not in preset.attributes:
        fill("is_enabled", lambda: _is_enabled(entry, preset, as_of, is_known="is_enabled" in known and not is_hidden))
    row["alias_emails"] = _aliases(entry, preset, row["email"])
    kind = kind_of(entry) if preset.is_microsoft and "account_kind" not in preset.attributes else None
    if kind:
        row["account_kind"] = kind[0]
    row["attributes"] = as_json(_kept(entry, preset, kind, row["last_active_at"]))
    if is_hidden:
        invalid += [column for column in known - {GROUPS_KNOWN} if row.get(column) is None]
    row["invalid_fields"] = json.dumps(sorted(set(invalid)))
    return row


def _hiding(entries: Sequence[Entry], preset: SchemaPreset) -> set[str]:
    """The DNs of entries that hide from us what every entry has and others show; what else they lack says nothing."""
    always = [name for name in (preset.always, preset.control) if name]
    shown = [name for name in always if any(entry.values(name) for entry in entries)]
    return {entry.dn for entry in entries if not all(entry.values(name) for name in shown)}


def _value(entry: Entry, column: str, names: Sequence[str]) -> Any:
    for name in names:
        if found := entry.values(name):
            if column in INSTANTS:
                return values.instant(found[0])
            if column == "is_enabled":
                return cells.flag(values.text(found[0]))
            return None if column == "alias_emails" else told(values.text(found[0]))
    return None


def _latest(entry: Entry, names: Sequence[str]) -> datetime | None:
    found = [moment for name in names for value in entry.values(name) if (moment := values.instant(value))]
    return max(found, default=None)


def _locked(entry: Entry, names: Sequence[str], lockout: timedelta | None, as_of: datetime) -> datetime | None:
    found = [value for name in names for value in entry.values(name) if value != values.FOREVER_LOCKED]
    since = max((moment for value in found if (moment := values.instant(value))), default=None)
    return since if since and is_locked(since, lockout, as_of) else None


def _is_enabled(entry: Entry, preset: SchemaPreset, as_of: datetime, *, is_known: bool) -> bool | None:
    """Not shut by hand, and not past its end. Where it is not told of an account whether it is shut (`is_known`), only
    what has ended is known."""
    if not preset.control:
        return False if _is_shut(entry, preset, as_of) else is_known or None
    flags = entry.values(preset.control)
    if not flags:
        return None
    expiry = [values.instant(value) for value in entry.values(preset.expiry)] if preset.expiry else []
    is_over = any(moment is not None and moment <= as_of for moment in expiry)
    return not values.number(flags[0]) & values.DISABLED and not is_over


def _is_shut(entry: Entry, preset: SchemaPreset, as_of: datetime) -> bool:
    flags = [values.text(value).strip().upper() for name in preset.shut for value in entry.values(name)]
    ends = [values.end_of(value) for name in preset.ended for value in entry.values(name)]
    is_over = any(moment is not None and moment <= as_of for moment in ends)
    return values.FOREVER_LOCKED in entry.values("pwdAccountLockedTime") or "TRUE" in flags or is_over


def _aliases(entry: Entry, preset: SchemaPreset, email: str | None) -> str | None:
    mailboxes = [
        values.text(each) for name in preset.attributes["email"] for each in entry.values(name) if _is_text(each)
    ]
    proxies = [
        values.address(each) if name.lower() == "proxyaddresses" else values.text(each)
        for name in preset.attributes.get("alias_emails", ())
        for each in entry.values(name)
        if _is_text(each)
    ]
    others = sorted({each for each in (*mailboxes, *proxies) if each and each != email})
    return as_json(others) if others else None


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _kept(
    entry: Entry, preset: SchemaPreset, kind: tuple[str, str] | None, last_active_at: datetime | None
) -> Mapping[str, Any]:
    names = [name for name in (preset.control, preset.expiry, *preset.kept) if name]
    raw = {name: [_shown(name, each) for each in entry.values(name)] for name in names}
    kept = {"dn": entry.dn, **{name: found for name, found in raw.items() if found}}
    if kind:
        kept["account_kind_rule"] = kind[1]
    if last_active_at and any(values.is_late(name) for name in preset.active):
        kept["last_active_note"] = values.LATE
    return kept


def _shown(name: str, value: bytes) -> str:
    if name.lower() == "objectsid":
        with suppress(ValueError):
            return values.security_id(value)
    return value.decode("utf-8", "replace")
