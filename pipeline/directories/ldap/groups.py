"""Groups, and who is in them, directly or through groups inside groups.

Belongs here: the closure over nested groups, which may run in circles.
Does not belong here: accounts (`entries`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.directories.ldap.entries import folded, native_id
from pipeline.directories.ldap.presets import MEMBER_UIDS, MEMBERS, Preset
from pipeline.directories.ldap.session import Entry
from pipeline.directories.rows import Row, told


@dataclass
class _Group:
    native_id: str
    accounts: set[str] = field(default_factory=set)
    inner: set[str] = field(default_factory=set)


def group_rows(entries: Sequence[Entry], preset: Preset) -> list[Row]:
    """Rows of GROUPS."""
    return [
        {
            "native_id": native_id(entry, preset),
            "name": _first(entry, "cn") or entry.dn,
            "description": _first(entry, "description"),
            "members_gap": None,
        }
        for entry in entries
    ]


def memberships(
    groups: Sequence[Entry], users: Sequence[Entry], rows: Sequence[Row], preset: Preset
) -> Iterator[tuple[str, str]]:
    """Pairs of account and group, nested ones opened up; `rows` are those of `users`.

    A member that is no account read here (a computer, a contact, an entry elsewhere) makes no pair.
    """
    by_dn = {folded(user.dn): str(row["native_id"]) for user, row in zip(users, rows, strict=True)}
    by_name = {str(row["username"]): str(row["native_id"]) for row in rows if row["username"]}
    found = {folded(group.dn): _group(group, preset, by_dn, by_name) for group in groups}
    if preset.primary_group:
        _add_primary(groups, users, rows, found, preset)
    for group in found.values():
        group.inner &= found.keys()
    for dn, group in found.items():
        for inner in _reached(dn, found):
            for account in found[inner].accounts:
                yield account, group.native_id


def _group(entry: Entry, preset: Preset, by_dn: Mapping[str, str], by_name: Mapping[str, str]) -> _Group:
    group = _Group(native_id(entry, preset))
    for name in _names(entry):
        if name in by_dn:
            group.accounts.add(by_dn[name])
        else:
            group.inner.add(name)
    names = (value.decode("utf-8", "replace") for value in entry.values(MEMBER_UIDS))
    group.accounts.update(by_name[name] for name in names if name in by_name)
    return group


def _names(entry: Entry) -> Iterable[str]:
    for attribute in MEMBERS:
        for value in entry.values(attribute):
            dn = value.decode("utf-8", "replace")
            yield folded(dn.partition("#'")[0] if attribute == "uniqueMember" else dn)


def _add_primary(
    groups: Sequence[Entry], users: Sequence[Entry], rows: Sequence[Row], found: Mapping[str, _Group], preset: Preset
) -> None:
    """Active Directory keeps an account's first group, by number, in the account."""
    by_token = {token: found[folded(group.dn)] for group in groups for token in group.values(preset.primary_token)}
    for user, row in zip(users, rows, strict=True):
        for token in user.values(preset.primary_group):
            if token in by_token:
                by_token[token].accounts.add(str(row["native_id"]))


def _reached(start: str, groups: Mapping[str, _Group]) -> set[str]:
    """The group and every group inside it, however deep; each once, so circles end."""
    reached, todo = {start}, [start]
    while todo:
        fresh = groups[todo.pop()].inner - reached
        reached |= fresh
        todo.extend(fresh)
    return reached


def _first(entry: Entry, name: str) -> str | None:
    found = entry.values(name)
    return told(found[0].decode("utf-8", "replace")) if found else None
