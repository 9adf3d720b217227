"""The company's directory as LDIF (RFC 2849): for a file of people, and for a server with everything around them."""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from pipeline.demo.company.truth import ExpectedAccount

SUFFIX = "dc=tidewater,dc=example"
READER = f"cn=certification-center,ou=services,{SUFFIX}"
"""Who reads, and may do nothing else."""
COLUMNS = {
    "native_id": "entryUUID",
    "username": "uid",
    "display_name": "displayName",
    "given_name": "givenName",
    "family_name": "sn",
    "email": "mail",
    "employee_id": "employeeNumber",
    "department": "departmentNumber",
    "title": "title",
    "worker_type": "employeeType",
    "created_at": "createTimestamp",
    "last_active_at": "pwdLastSuccess",
}
"""Our names to the attributes, for where the file is read instead of a server."""
_PLAIN = re.compile(r"[!-9;=-~][ -~]*", re.ASCII)


def entry_uuid(seed: int, name: str) -> str:
    """An entry's id, the same at every start."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{seed}.{name}.{SUFFIX}"))


def people(entries: Sequence[ExpectedAccount], now: datetime) -> str:
    """The entries of persons, services and mailboxes alone."""
    return "\n".join(_entry(_dn(one), _attributes(one, now)) for one in entries)


def server(entries: Sequence[ExpectedAccount], now: datetime, password: str) -> str:
    """All that a server is to hold: the tree, who reads it, the entries, and a group for each department."""
    units = [
        _entry(f"ou={name},{SUFFIX}", {"objectClass": ["organizationalUnit"], "ou": [name]})
        for name in ("people", "services", "groups")
    ]
    top = {"objectClass": ["dcObject", "organization"], "dc": ["tidewater"], "o": ["Tidewater Instruments"]}
    reads = {"objectClass": ["organizationalRole", "simpleSecurityObject"], "cn": ["certification-center"]}
    reader = _entry(READER, {**reads, "userPassword": [password]})
    return "\n".join([_entry(SUFFIX, top), *units, reader, people(entries, now), *_groups(entries)])


def _groups(entries: Sequence[ExpectedAccount]) -> Iterator[str]:
    members: dict[str, list[str]] = {}
    for one in entries:
        if one.login.card and one.login.card.department:
            members.setdefault(one.login.card.department, []).append(_dn(one))
    for name, dns in sorted(members.items()):
        yield _entry(
            f"cn={name},ou=groups,{SUFFIX}", {"objectClass": ["groupOfNames"], "cn": [name], "member": sorted(dns)}
        )


def _dn(one: ExpectedAccount) -> str:
    return f"uid={one.login.name},ou={'people' if one.login.kind == 'human' else 'services'},{SUFFIX}"


def _attributes(one: ExpectedAccount, now: datetime) -> Mapping[str, Sequence[str]]:
    card, used = one.login.card, one.login.password
    if card is None or used is None:
        raise ValueError(f"{one.login.name} is no entry of a directory")
    told = {
        "uid": one.login.name,
        "cn": card.display_name,
        "displayName": card.display_name,
        "givenName": card.given_name,
        "sn": card.family_name,
        "mail": card.email,
        "employeeNumber": card.employee_id,
        "departmentNumber": card.department,
        "title": card.title,
        "employeeType": card.worker_type,
        "entryUUID": one.user_id,
        "createTimestamp": _instant(now, used.created),
        "pwdLastSuccess": "" if used.last_used is None else _instant(now, used.last_used),
    }
    return {"objectClass": ["inetOrgPerson"], **{name: [value] for name, value in told.items() if value}}


def _instant(now: datetime, days_ago: float) -> str:
    return f"{now - timedelta(days=days_ago):%Y%m%d%H%M%SZ}"


def _entry(dn: str, attributes: Mapping[str, Sequence[str]]) -> str:
    lines = [_line("dn", dn), *(_line(name, value) for name, values in attributes.items() for value in values)]
    return "\n".join([*lines, ""])


def _line(name: str, value: str) -> str:
    """Anything but plain ASCII goes in base64."""
    if _PLAIN.fullmatch(value) and not value.endswith(" "):
        return f"{name}: {value}"
    return f"{name}:: {base64.b64encode(value.encode()).decode()}"
