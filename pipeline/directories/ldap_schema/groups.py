"""Groups and their members, direct and nested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.directories.ldap_schema.active_directory import relative_id
from pipeline.directories.ldap_schema.distinguished_names import folded
from pipeline.directories.ldap_schema.entry import Entry, native_id
from pipeline.directories.ldap_schema.gaps import member_names
from pipeline.directories.ldap_schema.presets import MEMBER_UIDS, SchemaPreset
from pipeline.directories.rows import Row, told


@dataclass(frozen=True)
class AccountIndex:
    """The accounts read, by DN (folded) and by user name, and the number of each one's first group."""

    by_dn: Mapping[str, str]
    by_name: Mapping[str, str]
    first_groups: Sequence[tuple[str, str]] = ()
    groups_named: Sequence[tuple[str, str]] = ()


@dataclass
class _Group:
    native_id: str
    accounts: set[str] = field(default_factory=set)
    inner: set[str] = field(default_factory=set)


def roll_of(users: Sequence[Entry], rows: Sequence[Row], preset: SchemaPreset) -> AccountIndex:
    """The roll of the accounts `rows` made of `users`; a user name that two accounts have names neither."""
    named: dict[str, set[str]] = {}
    for user, row in zip(users, rows, strict=True):
        names = {value.decode("utf-8", "replace") for value in user.values("uid")} | {str(row["username"] or "")}
        for name in names - {""}:
            named.setdefault(name, set()).add(str(row["native_id"]))
    numbers = [
        (str(row["native_id"]), value.decode("utf-8", "replace"))
        for user, row in zip(users, rows, strict=True)
        for value in (user.values(preset.primary_group) if preset.primary_group else ())
    ]
    return AccountIndex(
        {folded(user.dn): str(row["native_id"]) for user, row in zip(users, rows, strict=True)},
        {name: next(iter(ids)) for name, ids in named.items() if len(ids) == 1},
        numbers,
        [
            (str(row["native_id"]), name)
            for user, row in zip(users, rows, strict=True)
            for name in _groups_named(user, preset)
        ],
    )


def _groups_named(entry: Entry, preset: SchemaPreset) -> list[str]:
    """The DNs (folded) of the groups that an entry says it is in."""
    found = entry.values(preset.member_of) if preset.member_of else []
    return [folded(value.decode("utf-8", "replace")) for value in found]


def group_rows(entries: Sequence[Entry], preset: SchemaPreset, gaps: Mapping[str, str]) -> list[Row]:
    """Rows of GROUPS; `gaps` says by DN (folded) why members are not known."""
    return [
        {
            "native_id": native_id(entry, preset),
            "name": _first(entry, "cn") or entry.dn,
            "description": _first(entry, "description"),
            "members_gap": gaps.get(folded(entry.dn)),
        }
        for entry in entries
    ]


def memberships(groups: Sequence[Entry], roll: AccountIndex, preset: SchemaPreset) -> Iterator[tuple[str, str]]:
    """Pairs of account and group, nested ones opened up.

    A member that is no account read here (a computer, a contact, an entry elsewhere) makes no pair.
    """
    found = {folded(group.dn): _group(group, preset, roll) for group in groups}
    _add_first_groups(groups, roll, found, preset)
    for account, name in roll.groups_named:
        if name in found:
            found[name].accounts.add(account)
    for entry in groups:
        for name in _groups_named(entry, preset):
            if name in found:
                found[name].inner.add(folded(entry.dn))
    for group in found.values():
        group.inner &= found.keys()
    for dn, group in found.items():
        for inner in _reached(dn, found):
            for account in found[inner].accounts:
                yield account, group.native_id


def _group(entry: Entry, preset: SchemaPreset, roll: AccountIndex) -> _Group:
    group = _Group(native_id(entry, preset))
    for name in member_names(entry):
        if name in roll.by_dn:
            group.accounts.add(roll.by_dn[name])
        else:
            group.inner.add(name)
    names = (value.decode("utf-8", "replace") for value in entry.values(MEMBER_UIDS))
    group.accounts.update(roll.by_name[name] for name in names if name in roll.by_name)
    return group


def _add_first_groups(
    groups: Sequence[Entry], roll: AccountIndex, found: Mapping[str, _Group], preset: SchemaPreset
) -> None:
    """Active Directory, and Unix, keep an account's first group by number in the account."""
    by_number: dict[str, _Group] = {}
    for group in groups:
        numbers = [value.decode("utf-8", "replace") for value in group.values(preset.primary_token)]
        rid = relative_id(group)
        for number in [*numbers, *([] if rid is None else [str(rid)])]:
            by_number[number] = found[folded(group.dn)]
    for account, number in roll.first_groups:
        if number in by_number:
            by_number[number].accounts.add(account)


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
