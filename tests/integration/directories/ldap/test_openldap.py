"""OpenLDAP as it is run: limits, aliases, hidden entries and attributes, languages, accounts that ended."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipeline.directories.base import Snapshot
from tests.integration.directories.ldap.reading import NOW, by_name, connect, group, members, person, read, rows
from tests.integration.directories.ldap.slapd import GROUPS, PEOPLE, SCHEMAS, SUFFIX, Slapd, slapd

READER = f"cn=reader,{SUFFIX}"
READERS_ENTRY = f"""dn: {READER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: r

"""
READS_ALL = f'access to * by dn.exact="{READER}" read by anonymous auth by * none'
UNLIMITED = "limits users size=unlimited"


def _read(folder: Path, rules: Sequence[str], entries: str, **keys: object) -> Snapshot:
    """What a reader sees of a directory that holds these entries, by these rules of its database."""
    (place := folder / "slapd").mkdir()
    with slapd(place, [*rules, READS_ALL, "overlay ppolicy"]) as server:
        server.add(READERS_ENTRY + entries)
        return read(connect(server, bind_dn=READER, bind_password=SecretStr("r"), **keys))


def _crowd(count: int) -> str:
    return "".join(person(f"user{number:04}") for number in range(count))


@pytest.mark.parametrize(
    "limit",
    [
        "size.pr=7 size.prtotal=unlimited",
        "size.soft=5 size.hard=unlimited",
        "size.pr=1 size.soft=2 size.prtotal=unlimited",
    ],
)
def test_a_limit_on_the_size_of_a_page_makes_pages_smaller(tmp_path: Path, limit: str) -> None:
    """`certify` asks for 500; OpenLDAP refuses a page that is larger than it allows, also that of the base."""
    snapshot = _read(tmp_path, [f"limits users {limit}"], _crowd(30))
    assert len(rows(snapshot)) == 30
    assert snapshot.problems == []


def test_a_limit_of_the_whole_search_fails_with_the_line_that_lifts_it(tmp_path: Path) -> None:
    snapshot = _read(tmp_path, ["limits users size.soft=5 size.hard=20"], _crowd(30))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "directory_cut_short")
    assert "olcLimits" in snapshot.problems[0].remedy


def test_an_alias_does_not_bring_entries_of_elsewhere(tmp_path: Path) -> None:
    elsewhere = f"ou=else,{SUFFIX}"
    aliases = "".join(
        f"dn: cn={name},{PEOPLE}\nobjectClass: alias\nobjectClass: extensibleObject\ncn: {name}\n"
        f"aliasedObjectName: {target}\n\n"
        for name, target in (("other", f"uid=eve,{elsewhere}"), ("loop", f"cn=loop,{PEOPLE}"))
    )
    entries = f"dn: {elsewhere}\nobjectClass: organizationalUnit\nou: else\n\n" + person("eve").replace(
        PEOPLE, elsewhere
    )
    snapshot = _read(tmp_path, [], person("ann") + entries + aliases, base_dn=PEOPLE)
    assert [row["username"] for row in rows(snapshot)] == ["ann"]


def test_a_name_in_tagged_languages_only_is_a_name(tmp_path: Path) -> None:
    ann = person("ann", "cn;lang-fr: Anne", "cn;lang-de: Änn", "mail: a@x.org").replace("cn: ann\n", "")
    bob = person("bob", "cn;lang-de: Robert")
    found = by_name(_read(tmp_path, [], ann + bob))
    assert (found["ann"]["display_name"], found["bob"]["display_name"]) == ("Änn", "bob")


def test_bytes_that_are_no_text_and_hostile_names_are_kept_apart(tmp_path: Path) -> None:
    plain = 'a,b "q" + \\'
    name = "a\\2Cb \\22q\\22 \\2B \\5C"
    dn = f"cn={name},{PEOPLE}"
    photo = b64encode(bytes(range(256))).decode()
    odd = f"dn: {dn}\nobjectClass: inetOrgPerson\ncn: {plain}\nsn: x\nuid: odd\njpegPhoto:: {photo}\n\n"
    snapshot = _read(tmp_path, [], odd + group("g", dn))
    assert members(snapshot) == {("odd", "g")}
    assert rows(snapshot, "groups")[0]["members_gap"] is None


def test_identifiers_that_are_hidden_are_a_denied_read(tmp_path: Path) -> None:
    snapshot = _read(tmp_path, ["access to attrs=entryUUID by * none"], _crowd(3))
    assert (snapshot.status, snapshot.problems[0].code) == ("failed", "directory_read_denied")
    assert "3 entries, none of which shows entryUUID" in snapshot.problems[0].message
    assert {each.action: each.outcome for each in snapshot.coverage}["ldap:SearchUsers"] == "denied"


def test_an_entry_that_hides_its_operational_attributes_says_nothing_by_what_it_lacks(tmp_path: Path) -> None:
    """Its lock and its last sign-in are hidden too: it was enabled, and never used."""
    hidden = f'access to dn.exact="uid=bob,{PEOPLE}" attrs=createTimestamp,pwdAccountLockedTime by * none'
    (place := tmp_path / "slapd").mkdir()
    with slapd(place, [hidden, READS_ALL, "lastbind on", "overlay ppolicy"]) as server:
        server.add(READERS_ENTRY + person("ann", "userPassword: pw") + person("bob", "mail: b@x.org") + person("eve"))
        for name in ("ann", "bob"):
            _lock(server, name)
        assert server.login(READER, "r")
        found = by_name(read(connect(server, bind_dn=READER, bind_password=SecretStr("r"))))
    assert [found[name]["is_enabled"] for name in ("ann", "bob", "eve")] == [False, None, True]
    invalid = json.loads(found["bob"]["invalid_fields"])
    assert {"is_enabled", "created_at"} <= set(invalid)
    assert "email" not in invalid
    assert json.loads(found["eve"]["invalid_fields"]) == []


def _lock(server: Slapd, uid: str, when: str = "000001010000Z") -> None:
    change = f"changetype: modify\nadd: pwdAccountLockedTime\npwdAccountLockedTime: {when}\n"
    server.modify(f"dn: uid={uid},{PEOPLE}\n{change}")


def test_members_that_are_hidden_are_unknown_not_none(tmp_path: Path) -> None:
    entries = _crowd(2) + group("g", f"uid=user0000,{PEOPLE}")
    snapshot = _read(tmp_path, ["access to attrs=member by * none"], entries)
    assert "no group shows a member" in rows(snapshot, "groups")[0]["members_gap"]


def test_members_that_are_hidden_are_known_where_their_own_entries_name_the_group(tmp_path: Path) -> None:
    (place := tmp_path / "slapd").mkdir()
    rules = ["access to attrs=member by * none", READS_ALL, "overlay memberof"]
    with slapd(place, rules, above=["moduleload memberof"], schemas=SCHEMAS[:-1]) as server:
        server.add(READERS_ENTRY + _crowd(3) + group("inner", f"uid=user0000,{PEOPLE}"))
        server.add(group("outer", f"uid=user0001,{PEOPLE}", f"cn=inner,{GROUPS}"))
        snapshot = read(connect(server, bind_dn=READER, bind_password=SecretStr("r")))
    assert members(snapshot) == {("user0000", "inner"), ("user0000", "outer"), ("user0001", "outer")}
    assert all(row["members_gap"] for row in rows(snapshot, "groups"))


def test_one_group_that_hides_its_members_is_unknown_and_so_is_every_group_around_it(tmp_path: Path) -> None:
    inner = f"cn=inner,{GROUPS}"
    entries = _crowd(2) + group("inner", f"uid=user0000,{PEOPLE}") + group("outer", inner, f"uid=user0001,{PEOPLE}")
    unix = f"dn: cn=unix,{GROUPS}\nobjectClass: posixGroup\ncn: unix\ngidNumber: 7\n\n"
    snapshot = _read(tmp_path, [f'access to dn.exact="{inner}" attrs=member by * none'], entries + unix)
    gaps = {row["name"]: row["members_gap"] for row in rows(snapshot, "groups")}
    assert "shows none to the account that reads" in gaps["inner"]
    assert gaps["outer"] == f"{gaps['inner']} (in a group inside it)"
    assert gaps["unix"] is None
    assert members(snapshot) == {("user0001", "outer")}


def test_a_member_that_is_hidden_or_outside_the_base_leaves_the_members_partly_unknown(tmp_path: Path) -> None:
    device = f"dn: cn=printer,{PEOPLE}\nobjectClass: device\ncn: printer\n\n"
    hidden, outside = f"uid=user0001,{PEOPLE}", f"uid=far,ou=far,{SUFFIX}"
    entries = _crowd(2) + device + group("devices", f"cn=printer,{PEOPLE}", f"uid=user0000,{PEOPLE}")
    entries += group("some", hidden, f"uid=user0000,{PEOPLE}")
    entries += group("far", outside)
    snapshot = _read(tmp_path, [f'access to dn.exact="{hidden}" by * none'], entries)
    gaps = {row["name"]: row["members_gap"] for row in rows(snapshot, "groups")}
    assert gaps["devices"] is None
    assert "1 member gone, or hidden from the account that reads" in gaps["some"]
    assert len(rows(snapshot)) == 1


def test_groups_below_another_base_than_their_members_say_so(tmp_path: Path) -> None:
    entries = _crowd(1) + person("ann").replace(PEOPLE, GROUPS) + group("g", f"uid=user0000,{PEOPLE}")
    [row] = rows(_read(tmp_path, [], entries, base_dn=GROUPS), "groups")
    assert row["members_gap"] == "ldap:SearchUsers not_tried: 1 member outside base_dn"


def test_the_first_group_of_a_unix_account_has_it_as_a_member(tmp_path: Path) -> None:
    unix = "objectClass: posixAccount\nuidNumber: 1\ngidNumber: 7\nhomeDirectory: /"
    groups = f"dn: cn=staff,{GROUPS}\nobjectClass: posixGroup\ncn: staff\ngidNumber: 7\nmemberUid: bob\n\n"
    snapshot = _read(tmp_path, [], person("ann", unix) + person("bob") + groups)
    assert members(snapshot) == {("ann", "staff"), ("bob", "staff")}


def test_an_account_that_ended_is_not_enabled_and_a_reset_password_shows(tmp_path: Path) -> None:
    days = (NOW.replace(tzinfo=None) - datetime(1970, 1, 1)).days
    (place := tmp_path / "slapd").mkdir()
    with slapd(place, [READS_ALL, "overlay ppolicy"]) as server:
        shadow = "objectClass: shadowAccount\nshadowExpire: {}"
        over, open_, never = (
            person(name, shadow.format(day)) for name, day in (("over", days), ("open", days + 1), ("never", -1))
        )
        server.add(READERS_ENTRY + over + open_ + never + person("reset") + person("locked"))
        server.modify(f"dn: uid=reset,{PEOPLE}\nchangetype: modify\nadd: pwdReset\npwdReset: TRUE\n")
        before = by_name(read(connect(server)))
        _lock(server, "locked")
        after = by_name(read(connect(server)))
    assert {name: row["is_enabled"] for name, row in before.items()} == {
        **dict.fromkeys(("open", "never", "reset", "locked")),
        "over": False,
    }
    assert {name: row["is_enabled"] for name, row in after.items()} == {
        **dict.fromkeys(("open", "never", "reset"), True),
        **dict.fromkeys(("over", "locked"), False),
    }
    assert json.loads(before["reset"]["attributes"])["pwdReset"] == ["TRUE"]


@pytest.mark.soak
@pytest.mark.parametrize("size", [100, 500, 1_000])
def test_three_thousand_people_in_one_group_are_all_read(tmp_path: Path, size: int) -> None:
    names = [f"user{number:04}" for number in range(3_100)]
    everybody = group("all", *(f"uid={name},{PEOPLE}" for name in names))
    snapshot = _read(tmp_path, [UNLIMITED], _crowd(len(names)) + everybody, page_size=size)
    assert {row["username"] for row in rows(snapshot)} == set(names)
    assert len(members(snapshot)) == 3_100
    assert snapshot.retries == 0
