"""LDIF as directories' own tools write it: accounts are read, what is no account is not, and groups are read too."""

from __future__ import annotations

import base64
import subprocess
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.directories.base import Snapshot
from tests.integration.directories.file.rosters import Roster
from tests.integration.directories.ldap.reading import group, person
from tests.integration.directories.ldap.slapd import ADMIN, GROUPS, PASSWORD, PEOPLE, SUFFIX, Slapd, slapd

COLUMNS = {"native_id": "entryUUID", "username": "uid", "display_name": "cn", "email": "mail"}
SID = bytes([1, 5]) + (5).to_bytes(6, "big") + b"".join(n.to_bytes(4, "little") for n in (21, 1, 2, 3))


def _members(snapshot: Snapshot) -> set[tuple[str, str]]:
    assert snapshot.status == "complete", snapshot.problems
    users = {row["native_id"]: row["username"] for row in snapshot.tables["accounts"].to_pylist()}
    groups = {row["native_id"]: row["name"] for row in snapshot.tables["groups"].to_pylist()}
    pairs = snapshot.tables["memberships"].to_pylist()
    return {(users[pair["account_native_id"]], groups[pair["group_native_id"]]) for pair in pairs}


@pytest.fixture
def server(tmp_path: Path) -> Any:
    (folder := tmp_path / "slapd").mkdir()
    with slapd(folder) as running:
        yield running


def _fill(server: Slapd) -> None:
    server.add(
        "".join(person(f"user{n:02}", f"mail: user{n:02}@example.org", f"mail: u{n}@example.org") for n in range(12))
    )
    server.add(
        f"dn: uid=svc,{PEOPLE}\nobjectClass: account\nobjectClass: posixAccount\nuid: svc\ncn: svc\nuidNumber: 1\n"
        f"gidNumber: 7\nhomeDirectory: /\n\n"
        f"dn: ou=far,{SUFFIX}\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\n"
        f"ref: ldap://127.0.0.1:1/ou=far,{SUFFIX}\n\n"
        f"dn: cn=reader,{SUFFIX}\nobjectClass: organizationalRole\ncn: reader\n\n"
        f"dn: cn=unix,{GROUPS}\nobjectClass: posixGroup\ncn: unix\ngidNumber: 7\nmemberUid: svc\nmemberUid: user01\n\n"
        f"dn: cn=unique,{GROUPS}\nobjectClass: groupOfUniqueNames\ncn: unique\nuniqueMember: uid=user02,{PEOPLE}\n\n"
        + group("inner", f"uid=user00,{PEOPLE}")
        + group("outer", f"cn=inner,{GROUPS}", f"UID=User03, {PEOPLE}")
    )


def _exported(server: Slapd, tool: str) -> bytes:
    if tool == "slapcat":
        command = ["slapcat", "-f", str(server.folder / "slapd.conf")]
    else:
        options = {"ldapsearch": [], "ldapsearch in pages": ["-E", "pr=3/noprompt"], "ldapsearch -LLL": ["-LLL"]}[tool]
        url = f"ldap://127.0.0.1:{server.port}"
        command = ["ldapsearch", "-x", "-H", url, "-D", ADMIN, "-w", PASSWORD, "-b", SUFFIX, *options, "*", "+"]
    return subprocess.run(command, check=True, capture_output=True).stdout


@pytest.mark.parametrize("tool", ["slapcat", "ldapsearch", "ldapsearch in pages", "ldapsearch -LLL"])
def test_the_export_of_an_openldap_gives_its_accounts_groups_and_memberships(
    server: Slapd, roster: Roster, tool: str
) -> None:
    _fill(server)
    snapshot = roster.read("a.ldif", _exported(server, tool), columns=COLUMNS)
    users = {f"user{n:02}" for n in range(12)}
    assert {row["username"] for row in snapshot.tables["accounts"].to_pylist()} == {*users, "svc"}
    assert snapshot.problems == ()
    assert {row["name"] for row in snapshot.tables["groups"].to_pylist()} == {"unix", "unique", "inner", "outer"}
    assert _members(snapshot) == {
        ("svc", "unix"),
        ("user01", "unix"),
        ("user02", "unique"),
        ("user00", "inner"),
        ("user00", "outer"),
        ("user03", "outer"),
    }
    assert all('"groups"' in row["known_fields"] for row in snapshot.tables["accounts"].to_pylist())


def test_without_columns_the_attributes_of_the_directory_are_taken(server: Slapd, roster: Roster) -> None:
    _fill(server)
    [svc, *users] = sorted(roster.rows("a.ldif", _exported(server, "slapcat")), key=lambda row: row["username"])
    assert (svc["username"], users[0]["email"]) == ("svc", "user00@example.org")
    assert uuid.UUID(users[0]["native_id"])
    assert users[0]["created_at"]


def test_an_account_an_administrator_locked_is_shut_in_an_export_too(tmp_path: Path, roster: Roster) -> None:
    """The directory itself says so; its export left it unknown."""
    (folder := tmp_path / "slapd").mkdir()
    with slapd(folder, ["overlay ppolicy"]) as server:
        server.add(person("ann") + person("bob") + person("eve"))
        assert {row.get("is_enabled") for row in roster.rows("a.ldif", _exported(server, "slapcat"))} == {None}
        for uid, when in (("bob", "000001010000Z"), ("eve", "20260101120000Z")):
            change = f"changetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: {when}\n"
            server.modify(f"dn: uid={uid},{PEOPLE}\n{change}")
        found = {row["username"]: row for row in roster.rows("a.ldif", _exported(server, "slapcat"))}
    assert {name: row["is_enabled"] for name, row in found.items()} == {"ann": True, "bob": False, "eve": True}
    assert [found[name].get("locked_at") for name in ("bob", "eve")] == [None, datetime(2026, 1, 1, 12)]
    assert [row["invalid_fields"] for row in found.values()] == [[], [], []]


def _microsoft(name: str, rid: int, *classes: str, lines: str = "") -> str:
    guid = base64.b64encode(uuid.uuid5(uuid.NAMESPACE_DNS, name).bytes_le).decode()
    sid = base64.b64encode(SID + rid.to_bytes(4, "little")).decode()
    head = "".join(f"objectClass: {each}\n" for each in classes)
    names = f"cn: {name}\nsAMAccountName: {name}\nobjectGUID:: {guid}\nobjectSid:: {sid}\n"
    return f"dn: CN={name},DC=corp\n{head}{names}{lines}\n"


MICROSOFT = (
    "dn: DC=corp\nobjectClass: domain\nobjectClass: domainDNS\n\n"
    + _microsoft("ann", 1104, "user", "person", lines="primaryGroupID: 513\nuserAccountControl: 512\n"
      "lastLogonTimestamp: 134000000000000000\nmemberOf: CN=Elsewhere,DC=corp\nmemberOf: CN=Crew,DC=corp\n")
    + _microsoft("krbtgt", 502, "user", "person", lines="userAccountControl: 514\nlastLogonTimestamp: 0\n")
    + _microsoft("Administrator", 500, "user", lines="userAccountControl: 512\n")
    + _microsoft("PC1$", 1105, "user", "person", "computer", lines="userAccountControl: 4096\n")
    + _microsoft("gmsa$", 1106, "user", "computer", "msDS-GroupManagedServiceAccount")
    + "dn: CN=Contact,DC=corp\nobjectClass: person\nobjectClass: contact\nmail: c@example.org\n\n"
    + _microsoft("Crew", 1200, "group", lines="member: CN=PC1$,DC=corp\n")
    + _microsoft("Domain Users", 513, "group")
    + _microsoft("Large", 1201, "group", lines="member;range=0-1499: CN=ann,DC=corp\n")
)  # fmt: skip


@pytest.mark.parametrize(
    "columns", [{}, {"native_id": "objectGUID", "username": "sAMAccountName", "is_enabled": "userAccountControl"}]
)
def test_the_export_of_an_active_directory_gives_people_services_and_groups(
    roster: Roster, columns: dict[str, str]
) -> None:
    found = {row["username"]: row for row in roster.rows("ad.ldif", MICROSOFT, columns=columns)}
    assert {name: row.get("account_kind") for name, row in found.items()} == {
        "ann": None,
        "krbtgt": "service",
        "Administrator": "break_glass",
        "gmsa$": "service",
    }
    assert (found["ann"]["is_enabled"], found["krbtgt"]["is_enabled"]) == (True, False)
    assert uuid.UUID(found["ann"]["native_id"]) == uuid.uuid5(uuid.NAMESPACE_DNS, "ann")
    snapshot = roster.read("ad.ldif", columns=columns)
    assert _members(snapshot) == {
        ("ann", "Crew"), ("ann", "Domain Users"), ("ann", "Elsewhere"), ("ann", "Large"),
    }  # fmt: skip
    gaps = {row["name"]: row["members_gap"] for row in snapshot.tables["groups"].to_pylist()}
    assert (gaps["Crew"], gaps["Domain Users"]) == (None, None)
    assert "not in the file" in gaps["Elsewhere"]
    assert "part of the members" in gaps["Large"]
    if not columns:
        assert (found["ann"]["last_active_at"].year, "last_active_at" in found["krbtgt"]) == (2025, False)
        assert "14 days late" in found["ann"]["attributes"]["last_active_note"]
        assert "last_active_note" not in found["krbtgt"]["attributes"]


def test_a_column_is_not_taken_for_the_note_of_a_late_sign_in(roster: Roster) -> None:
    content = "email,last_active_at,last_active_note\na@x.org,2026-08-20,never mind\n"
    (row,) = roster.rows("a.csv", content)
    assert row["attributes"] == {}


@pytest.mark.parametrize(
    ("trailer", "says"),
    [
        ("search: 2\nresult: 4 Size limit exceeded\n", "result 4 Size limit exceeded, so entries are missing"),
        ("search: 2\nresult: 0 Success\npagedresults: estimate=9 cookie=MQA=\n", "more pages, so entries are missing"),
    ],
)
def test_an_export_that_was_cut_short_is_refused(roster: Roster, trailer: str, says: str) -> None:
    content = f"dn: uid=ann\nentryUUID: 1\nuid: ann\nmail: a\ncn: a\n\n# search result\n{trailer}"
    assert says in roster.refusal("a.ldif", content, columns=COLUMNS).message


def test_an_account_without_the_identifying_attribute_is_kept_by_its_name_and_said(roster: Roster) -> None:
    content = (
        "dn: uid=ann,ou=x\nobjectClass: inetOrgPerson\nentryUUID: 1\nuid: ann\ncn: a\nmail: a\n\n"
        "dn: uid=bob,ou=x\nobjectClass: inetOrgPerson\nuid: bob\n\n"
        "dn: ou=x\nobjectClass: organizationalUnit\nentryUUID: 2\nou: x\n\n"
        "dn: ou=bare\nentryUUID: 3\n\n"
        "dn: cn=odd,ou=x\nobjectClass: companyThing\nentryUUID: 4\ncn: odd\n\n"
        "dn: cn=eve,ou=x\nobjectClass: companyEmployee\nentryUUID: 5\nuid: eve\n"
    )
    snapshot = roster.read("a.ldif", content, columns=COLUMNS)
    ids = {row["username"]: row["native_id"] for row in snapshot.tables["accounts"].to_pylist()}
    assert ids == {"ann": "1", "bob": "uid=bob,ou=x", "eve": "5"}
    assert [problem.code for problem in snapshot.problems] == ["ldif_entries_without_id"]
    assert "line 8" in snapshot.problems[0].message


@pytest.mark.parametrize("kind", ["add", "modify", "delete", "modrdn"])
def test_records_of_changes_are_refused(roster: Roster, kind: str) -> None:
    content = f"dn: uid=ann\ncontrol: 1.2.3 true\nchangetype: {kind}\nuid: ann\n"
    assert "a change, not an entry" in roster.refusal("a.ldif", content, columns=COLUMNS).message
