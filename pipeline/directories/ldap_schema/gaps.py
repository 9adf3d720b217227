"""Why some members of a group are not known: hidden, kept elsewhere, or never listed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pipeline.directories.ldap_schema.distinguished_names import folded
from pipeline.directories.ldap_schema.entry import Entry
from pipeline.directories.ldap_schema.presets import MEMBER_UIDS, MEMBER_URL, MEMBERS

RANGED = "member;range="
PARTIAL = "ldap:SearchGroups failed: the server gave part of the members only"
BY_URL = "ldap:SearchGroups not_tried: members by memberURL are a search of the server's own"
NONE_SHOWN = "ldap:SearchGroups denied: no group shows a member, so they may be hidden from the account that reads"
MUST_HAVE = "ldap:SearchGroups denied: a group of this class has a member, and shows none to the account that reads"
_FOREIGN = re.compile(r"cn=s-1-5-21-[0-9-]+,cn=foreignsecurityprincipals,", re.ASCII)
_NEVER_EMPTY = frozenset({b"groupofnames", b"groupofuniquenames"})
_MAY_BE_EMPTY = frozenset({b"nestedgroup", b"ipausergroup", b"groupofmembers"})
"""Classes of FreeIPA and 389 Directory Server, where a groupOfNames needs no member (RFC 4519 demands one)."""


def member_names(group: Entry) -> Iterator[str]:
    """The DNs a group lists, in one spelling."""
    for attribute in MEMBERS:
        for value in group.values(attribute):
            dn = value.decode("utf-8", "replace")
            yield folded(dn.partition("#'")[0] if attribute == "uniqueMember" else dn)
    for attribute, values in group.attributes.items():
        if attribute.startswith(RANGED):
            yield from (folded(value.decode("utf-8", "replace")) for value in values)


def strangers(groups: Iterable[Entry], accounts: Collection[str], base: str) -> set[str]:
    """Members below the base that are neither accounts (DNs, folded) nor groups that were read."""
    known = {folded(group.dn) for group in groups}
    named = {name for group in groups for name in member_names(group)}
    return {name for name in named - known if name not in accounts and _is_within(name, base)}


def gaps_of(
    groups: Sequence[Entry], accounts: Collection[str], base: str, others: Collection[str] | None
) -> Mapping[str, str]:
    """Why members are not known, by the DN of the group (folded).

    `others` are the DNs of more entries that are seen below the base, such as computers; None when they could not be
    listed. A gap of a group is one of every group around it.
    """
    any_shown = any(_shows_members(group) for group in groups)
    seen = {*accounts, *(folded(group.dn) for group in groups), *(others or ())}
    own: dict[str, str] = {}
    for group in groups:
        gap = _gap(group, seen, base, is_asked=others is not None) if any_shown else NONE_SHOWN
        if gap:
            own[folded(group.dn)] = gap
    return {**_around(groups, own), **own}


def stated_gap(group: Entry) -> str | None:
    """Why some members are not known, as far as the group itself says; None when it says nothing of the kind."""
    if any(name.startswith(RANGED) for name in group.attributes):
        return PARTIAL
    if group.values(MEMBER_URL):
        return BY_URL
    foreign = sum(1 for name in member_names(group) if _FOREIGN.match(name))
    return f"ldap:SearchUsers not_tried: {_count(foreign)} of another domain" if foreign else None


def _gap(group: Entry, seen: Collection[str], base: str, *, is_asked: bool) -> str | None:
    if stated := stated_gap(group):
        return stated
    names = set(member_names(group))
    classes = {value.lower() for value in group.values("objectClass")}
    if not names and classes & _NEVER_EMPTY and not classes & _MAY_BE_EMPTY:
        return MUST_HAVE
    unseen = {name for name in names if name not in seen}
    if outside := sum(1 for name in unseen if not _is_within(name, base)):
        return f"ldap:SearchUsers not_tried: {_count(outside)} outside base_dn"
    if is_asked and unseen:
        return f"ldap:SearchUsers denied: {_count(len(unseen))} gone, or hidden from the account that reads"
    return None


def _around(groups: Sequence[Entry], own: Mapping[str, str]) -> dict[str, str]:
    """The gaps of groups inside other groups, for those around them."""
    holders: dict[str, list[str]] = {}
    for group in groups:
        for name in member_names(group):
            holders.setdefault(name, []).append(folded(group.dn))
    found: dict[str, str] = {}
    todo = [(name, gap) for name, gap in own.items()]
    while todo:
        name, gap = todo.pop()
        for holder in holders.get(name, ()):
            if holder not in own and holder not in found:
                found[holder] = f"{gap} (in a group inside it)"
                todo.append((holder, gap))
    return found


def _shows_members(group: Entry) -> bool:
    attributes = (*MEMBERS, MEMBER_UIDS, MEMBER_URL)
    return any(group.values(name) for name in attributes) or any(name.startswith(RANGED) for name in group.attributes)


def _is_within(name: str, base: str) -> bool:
    return name == base or name.endswith(f",{base}")


def _count(number: int) -> str:
    return f"{number:,} member{'s' if number > 1 else ''}"
