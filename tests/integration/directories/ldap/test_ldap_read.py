"""What is read of an LDAP directory is what is there; what it does not show is unknown."""

from __future__ import annotations

import json
import uuid
from base64 import b64encode
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.integration.directories.ldap.reading import NOW, by_name, connect, group, members, person, read, rows
from tests.integration.directories.ldap.slapd import GROUPS, PEOPLE, SUFFIX, Slapd, slapd

READER = f"cn=reader,{SUFFIX}"
READERS_ENTRY = f"""dn: {READER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: r
"""


def test_people_are_told_with_everything_their_entries_hold(server: Slapd) -> None:
    boss = person("boss", "employeeNumber: 00007")
    ann = person(
        "ann",
        *("givenName: Ann", "displayName:: " + b64encode("Änn Ärbor 🦊".encode()).decode(), "mail: ann@example.org"),
        *("mail: z.ann@example.org", "employeeNumber: 00042", "title: Clerk", f"manager: UID=Boss, {PEOPLE.upper()}"),
    )
    server.add(boss + ann)
    found = by_name(read(connect(server)))
    assert set(found) == {"boss", "ann"}
    ann_row = found["ann"]
    assert ann_row["display_name"] == "Änn Ärbor 🦊"
    assert (ann_row["email"], json.loads(ann_row["alias_emails"])) == ("ann@example.org", ["z.ann@example.org"])
    assert (ann_row["employee_id"], ann_row["manager_id"], ann_row["title"]) == ("00042", "00007", "Clerk")
    assert uuid.UUID(ann_row["native_id"])
    assert abs((ann_row["created_at"] - datetime.now().astimezone().replace(tzinfo=None)).total_seconds()) < 86_400
    assert json.loads(ann_row["attributes"])["dn"].lower() == f"uid=ann,{PEOPLE}"


def test_a_last_login_counts_once_the_directory_shows_one_and_nobody_seen_is_never_until_then(server: Slapd) -> None:
    server.add(person("ann", "userPassword: pw-of-ann") + person("bob"))
    before = by_name(read(connect(server)))
    assert "last_active_at" not in json.loads(before["ann"]["known_fields"])
    assert server.login(f"uid=ann,{PEOPLE}", "pw-of-ann")
    after = by_name(read(connect(server)))
    assert "last_active_at" in json.loads(after["bob"]["known_fields"])
    assert after["ann"]["last_active_at"] is not None
    assert after["bob"]["last_active_at"] is None
    assert json.loads(after["bob"]["invalid_fields"]) == []


def test_an_account_an_administrator_locked_is_shut_and_whether_others_are_is_known_from_it(server: Slapd) -> None:
    server.add(person("ann") + person("bob") + person("eve"))
    assert {row["is_enabled"] for row in rows(read(connect(server)))} == {None}
    for uid, when in (("bob", "000001010000Z"), ("eve", "20260101120000Z")):
        server.modify(
            f"dn: uid={uid},{PEOPLE}\nchangetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: {when}\n"
        )
    found = by_name(read(connect(server)))
    assert {name: row["is_enabled"] for name, row in found.items()} == {"ann": True, "bob": False, "eve": True}
    assert found["eve"]["locked_at"] == datetime(2026, 1, 1, 12)
    assert found["bob"]["locked_at"] is None


def test_a_server_that_cannot_lock_accounts_has_none_that_is_locked(tmp_path: Path) -> None:
    with slapd(tmp_path, ppolicy=False) as server:
        server.add(person("ann") + person("bob"))
        found = by_name(read(connect(server)))
    assert {name: row["is_enabled"] for name, row in found.items()} == {"ann": True, "bob": True}
    assert {"is_enabled", "locked_at"} <= set(json.loads(found["ann"]["known_fields"]))


@pytest.mark.parametrize("hidden", ['access to dn.base="" by * none', 'access to dn.base="cn=Subschema" by * none'])
def test_a_server_that_hides_its_schema_leaves_open_whether_accounts_are_locked(tmp_path: Path, hidden: str) -> None:
    with slapd(tmp_path, ppolicy=False, above=[hidden, "access to * by * read"]) as server:
        server.add(person("ann"))
        found = by_name(read(connect(server)))
    assert found["ann"]["is_enabled"] is None
    assert "is_enabled" not in json.loads(found["ann"]["known_fields"])


def test_groups_inside_groups_are_opened_up_also_in_circles(server: Slapd) -> None:
    dn = {name: f"uid={name},{PEOPLE}" for name in ("ann", "bob", "eve")}
    cn = {name: f"cn={name},{GROUPS}" for name in ("top", "middle", "bottom", "circle")}
    server.add("".join(person(name) for name in dn))
    server.add(
        group("bottom", dn["eve"].upper())
        + group("middle", dn["bob"], cn["bottom"])
        + group("top", dn["ann"], cn["middle"], f"uid=gone,{PEOPLE}")
        + group("circle", cn["top"])
    )
    server.modify(f"dn: {cn['bottom']}\nchangetype: modify\nadd: member\nmember: {cn['circle']}\n")
    everyone = {(name, where) for name in dn for where in cn}
    assert members(read(connect(server))) == everyone


def test_posix_groups_name_their_members_by_user_name(server: Slapd) -> None:
    server.add(person("ann") + person("bob"))
    server.add(
        f"dn: cn=staff,{GROUPS}\nobjectClass: posixGroup\ncn: staff\ngidNumber: 5\nmemberUid: ann\nmemberUid: gone\n"
    )
    assert members(read(connect(server))) == {("ann", "staff")}


@pytest.mark.promise("P8")
@pytest.mark.parametrize("size", [1, 3, 10_000])
def test_the_tables_are_equal_whatever_the_pages(server: Slapd, size: int) -> None:
    server.add(
        "".join(person(f"user{n}") for n in range(10)) + group("all", *(f"uid=user{n},{PEOPLE}" for n in range(10)))
    )
    whole = read(connect(server))
    assert len(rows(whole)) == 10
    assert read(connect(server, page_size=size)).tables == whole.tables


def test_a_size_limit_of_the_server_is_a_failed_attempt_never_a_short_list(tmp_path: Path) -> None:
    acl = [
        f'access to * by dn.exact="{READER}" read by anonymous auth by * none',
        "limits users size.soft=4 size.hard=4 size.prtotal=4",
    ]
    (folder := tmp_path / "limited").mkdir()
    with slapd(folder, acl) as server:
        server.add(READERS_ENTRY)
        server.add("".join(person(f"user{n}") for n in range(10)))
        snapshot = read(connect(server, bind_dn=READER, bind_password_file=_file(tmp_path, "r\n"), bind_password=None))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "directory_cut_short")
    assert not snapshot.tables
    assert {each.action: each.outcome for each in snapshot.coverage}["ldap:SearchUsers"] == "failed"


def test_what_the_reader_may_not_see_is_unknown_not_none(tmp_path: Path) -> None:
    hidden = f'access to attrs=mail,employeeNumber by dn.exact="{READER}" none by * auth'
    rest = f'access to * by dn.exact="{READER}" read by anonymous auth'
    (folder := tmp_path / "hiding").mkdir()
    with slapd(folder, [hidden, rest]) as server:
        server.add(READERS_ENTRY)
        server.add(person("ann", "mail: ann@example.org", "employeeNumber: 1", "title: Clerk"))
        [ann] = rows(read(connect(server, bind_dn=READER, bind_password_file=_file(tmp_path, "r"), bind_password=None)))
    known = set(json.loads(ann["known_fields"]))
    assert not known & {"email", "employee_id"}
    assert {"title", "username", "groups"} <= known


def test_a_base_that_may_not_be_read_or_is_not_there_fails(server: Slapd) -> None:
    snapshot = read(connect(server, base_dn="dc=elsewhere,dc=org"))
    assert (snapshot.status, snapshot.problems[0].action) == ("failed", "ldap:ReadBase")


def test_nobody_in_it_is_no_failure_but_is_said(server: Slapd) -> None:
    snapshot = read(connect(server))
    assert rows(snapshot) == []
    assert [problem.code for problem in snapshot.problems] == ["nobody_listed"]


def test_referrals_are_told_and_never_followed(server: Slapd) -> None:
    server.add(person("ann"))
    server.add(
        f"dn: ou=far,{SUFFIX}\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\nref: ldap://127.0.0.1:1/ou=far,{SUFFIX}\n"
    )
    snapshot = read(connect(server))
    assert len(rows(snapshot)) == 1
    assert [problem.code for problem in snapshot.problems] == ["referrals_not_followed"]
    assert "127.0.0.1:1" in snapshot.problems[0].message


def test_active_directory_shows_flags_expiry_logons_and_guids(server: Slapd) -> None:
    def ticks(moment: datetime) -> int:
        return int((moment.replace(tzinfo=None) - datetime(1601, 1, 1)) / timedelta(microseconds=1)) * 10

    guids = {name: uuid.uuid5(uuid.NAMESPACE_DNS, name) for name in ("ann", "bob", "eve", "crew")}
    logon = NOW - timedelta(days=3)

    def entry(name: str, *lines: str) -> str:
        head = [f"dn: cn={name},{PEOPLE}", "objectClass: person", f"cn: {name}", "sn: P", f"sAMAccountName: {name}"]
        head += [
            "objectClass: extensibleObject",
            f"objectGUID:: {b64encode(guids[name].bytes_le).decode()}",
            f"objectCategory: cn=person,{SUFFIX}",
        ]
        return "\n".join([*head, *lines, "", ""])

    server.add(
        entry(
            "ann",
            "userAccountControl: 512",
            "accountExpires: 0",
            f"lastLogonTimestamp: {ticks(logon)}",
            "primaryGroupID: 513",
        )
        + entry(
            "bob", "userAccountControl: 514", "accountExpires: 9223372036854775807", "proxyAddresses: SMTP:bob@x.org"
        )
        + entry("eve", "userAccountControl: 512", f"accountExpires: {ticks(NOW - timedelta(seconds=1))}")
    )
    connection = connect(server, preset="active_directory", user_filter="(sAMAccountName=*)")
    found = by_name(read(connection))
    assert {name: row["is_enabled"] for name, row in found.items()} == {"ann": True, "bob": False, "eve": False}
    assert found["ann"]["native_id"] == str(guids["ann"])
    assert found["ann"]["last_active_at"] == logon.replace(tzinfo=None)
    assert (found["bob"]["last_active_at"], found["bob"]["email"]) == (None, None)
    assert json.loads(found["bob"]["alias_emails"]) == ["bob@x.org"]
    assert "last_active_at" in json.loads(found["bob"]["known_fields"])


def _file(folder: Path, text: str) -> Path:
    path = folder / "password"
    path.write_text(text)
    return path
