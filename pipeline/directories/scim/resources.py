"""Maps SCIM resources to rows; the only place that knows the attributes of RFC 7643."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pipeline.directories import cells
from pipeline.directories.dates import DayOrder
from pipeline.directories.rows import Row, as_json, told
from pipeline.directories.scim.listing import Resource, folded

ENTERPRISE = re.compile(r"urn:.*:enterprise:\d[\d.]*(:user)?", re.ASCII)
"""The enterprise extension of SCIM 2.0, and of SCIM 1.1, which some services still write."""
TRUTH = {"true": True, "false": False}
SHOWN_BY: Mapping[str, str] = {
    "username": "username",
    "preferred_name": "nickname",
    "worker_type": "usertype",
    "title": "title",
    "is_enabled": "active",
}
"""Our columns to the attribute of a user that shows them."""
ENTERPRISE_SHOWN_BY = {"employee_id": "employeenumber", "department": "department", "manager_id": "manager"}
NAMES = {"given_name": "givenname", "middle_name": "middlename", "family_name": "familyname"}
KEPT = ("externalid", "locale", "timezone", "preferredlanguage")


def known_fields(users: Sequence[Resource]) -> set[str]:
    """The columns this service told anything of: SCIM leaves out what has no value and what we may not see alike."""
    known = {"native_id"}
    for user in users:
        enterprise, name, meta = _enterprise(user), _section(user, "name"), _section(user, "meta")
        known.update(ours for ours, theirs in SHOWN_BY.items() if _has(user, theirs))
        known.update(ours for ours, theirs in ENTERPRISE_SHOWN_BY.items() if _has(enterprise, theirs))
        known.update(ours for ours, theirs in NAMES.items() if _has(name, theirs))
        if _has(user, "displayname") or _has(name, "formatted"):
            known.add("display_name")
        if _has(user, "emails"):
            known.update(("email", "alias_emails"))
        if _has(meta, "created"):
            known.add("created_at")
    return known


def accounts(users: Sequence[Resource], known: set[str]) -> list[Row]:
    """Rows of ACCOUNTS. A manager is told by employee number where that is known, else by id."""
    rows = [_account(user, known) for user in users]
    numbers = {row["native_id"]: row["employee_id"] or row["native_id"] for row in rows}
    return [{**row, "manager_id": numbers.get(row["manager_id"], row["manager_id"])} for row in rows]


def groups(listed: Sequence[Resource], gaps: Mapping[str, str]) -> list[Row]:
    """Rows of GROUPS; `gaps` says by id why the members of a group are not known."""
    return [
        {
            "native_id": told(each["id"]),
            "name": told(each.get("displayname")),
            "description": told(each.get("description")),
            "members_gap": gaps.get(each["id"]),
        }
        for each in listed
    ]


def shows_members(group: Resource) -> bool:
    """Whether this group lists who is in it."""
    return _has(group, "members")


def shows_groups(users: Sequence[Resource]) -> bool:
    """Whether the service tells of users which groups they are in."""
    return any(_has(each, "groups") for each in users)


def memberships(listed: Sequence[Resource], users: Sequence[Resource]) -> Iterator[tuple[str, str]]:
    """Pairs of account and group: what groups say of their members, nested ones opened up, and users of groups."""
    accounts_there = {str(user["id"]) for user in users}
    members = {str(each["id"]): {str(item.get("value")) for item in _items(each, "members")} for each in listed}
    for user in users:
        for item in _items(user, "groups"):
            if (group := str(item.get("value"))) in members:
                members[group].add(str(user["id"]))
    for group in members:
        for inner in _reached(group, members):
            for member in members[inner] & accounts_there:
                yield told(member) or "", told(group) or ""


def entitlements(users: Sequence[Resource]) -> Iterator[Row]:
    """Rows of ENTITLEMENTS: what the service calls roles and entitlements of a user."""
    for user in users:
        for attribute, kind in (("roles", "role"), ("entitlements", "entitlement")):
            for item in _items(user, attribute):
                if name := told(item.get("value") or item.get("display")):
                    yield {
                        "account_native_id": told(user["id"]),
                        "entitlement_id": name,
                        "entitlement_name": told(item.get("display")) or name,
                        "entitlement_type": kind,
                        "granted_through": "direct",
                    }


def shows_entitlements(users: Sequence[Resource]) -> bool:
    """Whether the service tells roles or entitlements at all."""
    return any(_has(user, "roles") or _has(user, "entitlements") for user in users)


def _account(user: Resource, known: set[str]) -> Row:
    enterprise, name, meta = _enterprise(user), _section(user, "name"), _section(user, "meta")
    invalid: list[str] = []
    emails = _emails(user)
    manager = enterprise.get("manager")
    active = _flag(user.get("active"))
    if "is_enabled" in known and active is None:
        invalid.append("is_enabled")
    try:
        created = _instant(meta.get("created"))
    except ValueError:
        created = None
        invalid.append("created_at")
    return {
        "native_id": told(user["id"]),
        "username": _text(user.get("username")),
        "display_name": _text(user.get("displayname")) or _text(name.get("formatted")),
        **{ours: _text(name.get(theirs)) for ours, theirs in NAMES.items()},
        "preferred_name": _text(user.get("nickname")),
        "email": emails[0] if emails else None,
        "alias_emails": as_json(emails[1:]) if emails[1:] else None,
        "employee_id": _text(enterprise.get("employeenumber")),
        "department": _text(enterprise.get("department")),
        "manager_id": _text(folded(manager).get("value") if isinstance(manager, Mapping) else manager),
        "worker_type": _text(user.get("usertype")),
        "title": _text(user.get("title")),
        "is_enabled": active,
        "created_at": created,
        "attributes": as_json({key: user[key] for key in KEPT if _has(user, key)}),
        "invalid_fields": json.dumps(invalid),
    }


def _emails(user: Resource) -> list[str]:
    """The primary address first, then those of work, then the others, in an order of their own."""
    items = [item for item in _items(user, "emails") if _text(item.get("value"))]
    ranked = sorted(
        items,
        key=lambda item: (_flag(item.get("primary")) is not True, item.get("type") != "work", str(item["value"])),
    )
    return list(dict.fromkeys(str(_text(item["value"])) for item in ranked))


def _reached(start: str, members: Mapping[str, set[str]]) -> set[str]:
    """The group and every group inside it, however deep; each once, so circles end."""
    reached, todo = {start}, [start]
    while todo:
        fresh = (members[todo.pop()] & members.keys()) - reached
        reached |= fresh
        todo.extend(fresh)
    return reached


def _instant(value: object) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("not an instant")
    found = cells.instant(None, DayOrder())(value)
    return found if isinstance(found, datetime) else None


def _text(value: object) -> str | None:
    """A text; a number is written as it was, anything else is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return told(value)


def _has(section: Mapping[str, Any], name: str) -> bool:
    return section.get(name) not in (None, "", [], {})


def _flag(value: object) -> bool | None:
    """A truth value; a service may write it as text. None for anything else."""
    if isinstance(value, str):
        return TRUTH.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _enterprise(user: Resource) -> dict[str, Any]:
    """The enterprise extension, of whatever version; the parts of several are put together."""
    names = [name for name in sorted(user, reverse=True) if ENTERPRISE.fullmatch(name)]
    return {key: value for name in names for key, value in _section(user, name).items()}


def _section(user: Resource, name: str) -> dict[str, Any]:
    found = user.get(name)
    return folded(found) if isinstance(found, Mapping) else {}


def _items(resource: Resource, name: str) -> list[dict[str, Any]]:
    """A multi-valued attribute's values as objects; one that is written bare stands as its `value`."""
    found = resource.get(name)
    if isinstance(found, str | Mapping):
        found = [found]
    items = found if isinstance(found, list) else []
    return [
        folded(item) if isinstance(item, Mapping) else {"value": item}
        for item in items
        if isinstance(item, Mapping | str) and item
    ]
