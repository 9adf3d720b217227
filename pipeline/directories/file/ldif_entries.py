"""Finds accounts, groups and memberships among the entries of an LDIF file.

The base, organizational units, computers, contacts and other entries nobody signs in as are no accounts. An entry of a
class that is not known here counts as an account when it holds what identifies one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pyarrow as pa

from pipeline.directories.base import GROUPS, MEMBERSHIPS
from pipeline.directories.cells import Cell
from pipeline.directories.file.grid import MAX_COLUMNS, DirectoryEntries, Grid, checked_headers
from pipeline.directories.file.ldif import Values, entries_of
from pipeline.directories.file.limits import too_much
from pipeline.directories.ldap_schema.active_directory import kind_of
from pipeline.directories.ldap_schema.distinguished_names import first_value, folded
from pipeline.directories.ldap_schema.entry import Entry
from pipeline.directories.ldap_schema.gaps import stated_gap
from pipeline.directories.ldap_schema.groups import AccountIndex, group_rows, memberships
from pipeline.directories.ldap_schema.presets import PRESETS
from pipeline.read_limits import counted_pairs

GROUP_CLASSES = frozenset(
    {
        *("groupofnames", "groupofuniquenames", "posixgroup", "group", "groupofurls"),
        *("groupofmembers", "groupofentries", "ipausergroup", "nestedgroup", "dynamicgroup"),
    }
)
ACCOUNT_CLASSES = frozenset(
    {
        *("inetorgperson", "posixaccount", "shadowaccount", "account", "user"),
        *("msds-managedserviceaccount", "msds-groupmanagedserviceaccount"),
    }
)
NO_ACCOUNTS = frozenset({"contact", "foreignsecurityprincipal", "referral", "alias", "subentry"})
MACHINES = frozenset({"computer"})
MANAGED = frozenset({"msds-managedserviceaccount", "msds-groupmanagedserviceaccount"})
CONTAINERS = frozenset(
    {
        *("organizationalunit", "organization", "dcobject", "domain", "domaindns", "container"),
        *("country", "locality", "builtindomain", "organizationalrole", "device", "iphost"),
        *("ipservice", "ipnetwork", "ipprotocol", "nisnetgroup", "nismap", "nisobject"),
        *("automount", "automountmap", "sudorole", "pwdpolicy", "dnszone", "dnsnode"),
        *("grouppolicycontainer", "crossref", "printqueue"),
    }
)
CONTAINER_NAMES = frozenset({"ou", "dc", "o", "c", "l", "st"})
PERSONAL = frozenset({"uid", "mail", "samaccountname", "userprincipalname", "employeenumber", "employeeid"})
OPERATIONAL = frozenset({"dn", "entrydn", "entryuuid", "objectguid", "objectsid", "nsuniqueid", "ipauniqueid", "name"})
"""Attributes every entry has, whatever it is of."""
MEMBER_ATTRIBUTES = ("member", "uniquemember", "memberuid", "memberurl")
ONLY_NAMED = "file:Parse not_tried: the group itself is not in the file; only members that name it are known"

_PRESET = replace(
    PRESETS["active_directory"],
    attributes={"native_id": ("entryUUID", "objectGUID", "nsUniqueId", "ipaUniqueID", "dn")},
)


def ldif(raw: bytes, encoding: str | None, identifying: Collection[str]) -> Grid:
    """One account a row; headers are the attributes as first written. A cell with several values is a list.

    `identifying` are the attributes that the connection maps to what identifies an account.
    """
    entries, guessed = entries_of(raw, encoding)
    wanted = {each.lower() for each in identifying}
    names: dict[str, str] = {}
    rows: list[tuple[int, Mapping[str, list[str]]]] = []
    accounts: dict[int, Entry] = {}
    groups: list[Entry] = []
    for line, entry in entries:
        lower: Values = {}
        for attribute, values in entry.items():
            lower.setdefault(attribute.lower(), []).extend(values)
        kind = _kind(lower, wanted)
        if kind == "account":
            rows.append((line, lower))
            accounts[line] = _entry(lower)
            for attribute in entry:
                names.setdefault(attribute.lower(), attribute)
            if len(names) > MAX_COLUMNS:
                raise too_much(f"line {line}", f"there are more than {MAX_COLUMNS:,} attributes")
        elif kind == "group":
            groups.append(_entry(lower))
    headers = checked_headers(list(names.values()), "line 1")
    cells = [(line, [_cell(lower.get(name, [])) for name in names]) for line, lower in rows]
    return Grid(
        headers, cells, "line", guessed, DirectoryEntries(accounts, groups, len(entries) - len(rows) - len(groups))
    )


def _kind(entry: Values, wanted: Collection[str]) -> str:
    """What an entry is: account, group, or empty for anything else."""
    classes = {each.lower() for each in entry.get("objectclass", ())}
    if classes & NO_ACCOUNTS or entry.get("isdeleted") == ["TRUE"] or (classes & MACHINES and not classes & MANAGED):
        return ""
    if classes & GROUP_CLASSES:
        return "group"
    if classes & ACCOUNT_CLASSES:
        return "account"
    if classes & CONTAINERS:
        return ""
    if not classes:
        return _kind_by_attributes(entry, wanted)
    told = (PERSONAL | set(wanted)) - OPERATIONAL
    return "account" if any(entry.get(name) for name in told) else ""


def _kind_by_attributes(entry: Values, wanted: Collection[str]) -> str:
    """The same without object classes, which an export may leave out."""
    if any(name.partition(";")[0] in MEMBER_ATTRIBUTES for name in entry):
        return "group"
    is_container = entry["dn"][0].partition("=")[0].strip().lower() in CONTAINER_NAMES
    told = PERSONAL | ({*wanted} - OPERATIONAL if is_container else {*wanted} - {"dn"})
    return "account" if any(entry.get(name) for name in told) else ""


def _cell(values: list[str]) -> Cell:
    if len(values) > 1:
        return tuple(values)
    return values[0] if values else None


def _entry(entry: Values) -> Entry:
    return Entry(entry["dn"][0], {name: [value.encode("utf-8", "replace") for value in entry[name]] for name in entry})


def group_tables(listing: DirectoryEntries, native_ids: Mapping[int, str]) -> tuple[pa.Table, pa.Table]:
    """Tables of GROUPS and MEMBERSHIPS; `native_ids` are those of the accounts by their lines."""
    accounts = {line: entry for line, entry in listing.accounts.items() if line in native_ids}
    groups, only_named = _with_memberships_told_by_members(listing, accounts.values())
    named: dict[str, set[str]] = {}
    for line, entry in accounts.items():
        for value in (*entry.values("uid"), *entry.values("sAMAccountName")):
            named.setdefault(value.decode(), set()).add(native_ids[line])
    roll = AccountIndex(
        {folded(entry.dn): native_ids[line] for line, entry in accounts.items()},
        {name: next(iter(ids)) for name, ids in named.items() if len(ids) == 1},
        [
            (native_ids[line], number.decode())
            for line, entry in accounts.items()
            for number in entry.values(_PRESET.primary_group)
        ],
    )
    stated = {folded(group.dn): stated_gap(group) for group in groups}
    gaps = {name: gap for name, gap in stated.items() if gap} | dict.fromkeys(only_named, ONLY_NAMED)
    rows = group_rows(groups, _PRESET, gaps)
    unique = {row["native_id"]: row for row in rows}
    pairs = sorted(set(counted_pairs(memberships(groups, roll, _PRESET))))
    written = [{"account_native_id": account, "group_native_id": group} for account, group in pairs]
    return (
        pa.Table.from_pylist([unique[each] for each in sorted(unique)], schema=GROUPS),
        pa.Table.from_pylist(written, schema=MEMBERSHIPS),
    )


def _with_memberships_told_by_members(
    listing: DirectoryEntries, accounts: Collection[Entry]
) -> tuple[list[Entry], Collection[str]]:
    """The groups with those members that name them in `memberOf`, and the names of groups known only from that."""
    groups = {folded(group.dn): group for group in listing.groups}
    added: dict[str, list[bytes]] = {}
    shown: dict[str, str] = {}
    for entry in (*accounts, *listing.groups):
        for value in entry.values("memberOf"):
            dn = value.decode()
            shown.setdefault(folded(dn), dn)
            added.setdefault(folded(dn), []).append(entry.dn.encode())
    only_named = added.keys() - groups.keys()
    for name in only_named:
        written = shown[name]
        groups[name] = Entry(written, {"dn": [written.encode()], "cn": [first_value(written).encode()]})
    for name, members in added.items():
        held = groups[name].attributes
        groups[name] = replace(groups[name], attributes={**held, "member": [*held.get("member", ()), *members]})
    return list(groups.values()), only_named


def kinds(listing: DirectoryEntries) -> Mapping[int, str]:
    """What Active Directory's own accounts are, by their lines."""
    found = {line: kind_of(entry) for line, entry in listing.accounts.items()}
    return {line: kind[0] for line, kind in found.items() if kind}


def defaults(headers: Sequence[str]) -> Mapping[str, str]:
    """Our names to the attributes of a directory's export, where a connection names none."""
    shown = {header.lower(): header for header in headers}
    is_microsoft = "samaccountname" in shown or "objectguid" in shown
    preset = PRESETS["active_directory" if is_microsoft else "openldap"]
    wanted = {
        **preset.attributes,
        "native_id": (*_PRESET.attributes["native_id"][:-1], "sAMAccountName", "uid", "dn"),
        "last_active_at": preset.active,
        "is_enabled": (preset.control,) if is_microsoft else preset.locked,
        "locked_at": () if is_microsoft else preset.locked,  # how long a domain's lockout lasts is not in the file
    }
    found = {
        ours: next((shown[each.lower()] for each in names if each.lower() in shown), None)
        for ours, names in wanted.items()
    }
    return {ours: header for ours, header in found.items() if header}
