"""Active Directory as it is: a real domain controller, read beyond two pages, with its built-in accounts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.directories.base import Snapshot
from pipeline.directories.ldap.ranges import with_every_member
from pipeline.directories.ldap.reader import GROUPS, NEEDED_FOR
from pipeline.directories.ldap.session import LdapSession, LdapTimeouts
from pipeline.directories.ldap_schema.active_directory import is_own_partition, kind_of
from pipeline.directories.ldap_schema.distinguished_names import first_value, folded
from pipeline.directories.ldap_schema.entry import Entry
from pipeline.directories.ldap_schema.gaps import RANGED
from pipeline.directories.read_failure import DirectoryReadError, recorder
from tests.integration.directories.ldap.reading import NOW, by_name, members, read, rows
from tests.integration.directories.ldap.samba import DOMAIN, PASSWORD, PEOPLE, DomainController, domain_controller

CROWD = 1305
STRANGER = "S-1-5-21-1-2-3-1104"
HOSTILE_OU = f'OU=a\\, \\"b\\" \\+ c\\\\d \U0001f98a,{PEOPLE}'


def _ticks(moment: datetime) -> int:
    return int((moment.replace(tzinfo=None) - datetime(1601, 1, 1)) / timedelta(microseconds=1)) * 10


def _user(name: str, *lines: str, within: str = PEOPLE, flags: int = 544) -> str:
    head = [f"dn: CN={name},{within}", "objectClass: user", f"sAMAccountName: {name}", f"userAccountControl: {flags}"]
    return "\n".join([*head, *lines, "", ""])


def _group(name: str, *member_dns: str) -> str:
    head = [f"dn: CN={name},{PEOPLE}", "objectClass: group", f"sAMAccountName: {name}"]
    return "\n".join([*head, *(f"member: {each}" for each in member_dns), "", ""])


def _fill(server: DomainController) -> None:
    crowd = [f"user{n:04}" for n in range(CROWD)]
    server.add(
        "".join(f"dn: {each}\nobjectClass: organizationalUnit\n\n" for each in (PEOPLE, HOSTILE_OU))
        + "".join(_user(name) for name in crowd)
        + _user("shut", flags=514)
        + _user("over", f"accountExpires: {_ticks(NOW - timedelta(seconds=1))}")
        + _user("fresh", "pwdLastSet: 0")
        + _user("odd", within=HOSTILE_OU)
        + f"dn: CN=pc1,{PEOPLE}\nobjectClass: computer\nsAMAccountName: PC1$\nuserAccountControl: 4096\n\n"
        + f"dn: CN=gone,{PEOPLE}\nobjectClass: contact\n\n"
        + f"dn: CN=gmsa,{PEOPLE}\nobjectClass: msDS-GroupManagedServiceAccount\nsAMAccountName: gmsa$\n"
        "userAccountControl: 4096\nmsDS-ManagedPasswordInterval: 30\n\n"
        + f"dn: CN=smsa,{PEOPLE}\nobjectClass: msDS-ManagedServiceAccount\nsAMAccountName: smsa$\n"
        "userAccountControl: 4096\n\n"
        + _user("deleted")
        + _user("moved")
        + _group("crew", *(f"CN={name},{PEOPLE}" for name in crowd[:1300]))
        + _group("inner", f"CN=odd,{HOSTILE_OU}", f"CN=pc1,{PEOPLE}", f"<SID={STRANGER}>")
        + _group("outer", f"CN=inner,{PEOPLE}")
    )
    server.add(
        f"dn: CN=other.example,CN=System,{DOMAIN}\nobjectClass: trustedDomain\ntrustPartner: other.example\n"
        "flatName: OTHER\ntrustDirection: 3\ntrustType: 2\ntrustAttributes: 8\n"
    )
    server.delete(f"CN=deleted,{PEOPLE}")
    guests = f"dn: CN=Domain Guests,CN=Users,{DOMAIN}\nchangetype: modify\nadd: member\nmember: CN=moved,{PEOPLE}\n"
    server.modify(
        f"{guests}\ndn: CN=moved,{PEOPLE}\nchangetype: modify\nreplace: primaryGroupID\nprimaryGroupID: 514\n"
    )
    now = _ticks(NOW)
    for name, when in (("user0000", now - 600_000_000), ("user0001", now - 18_000_000_000)):
        server.modify(
            f"dn: CN={name},{PEOPLE}\nchangetype: modify\nreplace: lockoutTime\nlockoutTime: {when}\n", "--relax"
        )
    logon = f"replace: lastLogonTimestamp\nlastLogonTimestamp: {_ticks(NOW - timedelta(days=95))}\n"
    server.modify(f"dn: CN=user0002,{PEOPLE}\nchangetype: modify\n{logon}", "--relax")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DomainController]:
    with domain_controller(tmp_path_factory.mktemp("domain")) as running:
        _fill(running)
        yield running


@pytest.fixture(scope="module")
def snapshot(server: DomainController) -> Snapshot:
    return read(server.connect())


@pytest.fixture(scope="module")
def found(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    return by_name(snapshot)


def test_more_than_two_pages_are_read_though_every_page_has_the_same_cookie(
    snapshot: Snapshot, found: dict[str, dict[str, Any]]
) -> None:
    assert sum(name.startswith(("user0", "user1")) for name in found) == CROWD
    pages = next(each for each in snapshot.coverage if each.action == "ldap:SearchUsers")
    assert (pages.outcome, pages.calls, pages.rows) == ("ok", 3, len(found))


def test_references_to_the_domains_own_partitions_are_no_problem(snapshot: Snapshot) -> None:
    assert snapshot.problems == []


@pytest.mark.parametrize(
    ("name", "kind", "because"),
    [
        ("Administrator", "break_glass", "relative id 500"),
        ("Guest", "service", "relative id 501"),
        ("krbtgt", "service", "relative id 502"),
        ("gmsa$", "service", "msds-groupmanagedserviceaccount"),
        ("smsa$", "service", "msds-managedserviceaccount"),
        ("user0000", None, None),
    ],
)
def test_built_in_accounts_and_those_of_services_are_no_people(
    found: dict[str, dict[str, Any]], name: str, kind: str | None, because: str | None
) -> None:
    assert found[name]["account_kind"] == kind
    assert (because or "") in json.loads(found[name]["attributes"]).get("account_kind_rule", "")


def test_a_computer_or_a_contact_is_no_account_unless_it_is_asked_for(
    server: DomainController, found: dict[str, dict[str, Any]]
) -> None:
    assert not {"PC1$", "gone"} & set(found)
    every_user = by_name(read(server.connect(user_filter="(objectClass=user)")))
    assert every_user["PC1$"]["account_kind"] == "service"


@pytest.mark.parametrize(("flags", "kind"), [(2080, "service"), (4096, "service"), (8192, "service"), (512, None)])
def test_the_account_of_a_trusted_domain_or_a_computer_is_known_by_its_flags(flags: int, kind: str | None) -> None:
    """`OTHER$` is a user by class and category, in Users; Samba makes one only for a domain that answers."""
    classes = [b"top", b"person", b"organizationalPerson", b"user"]
    entry = Entry("CN=OTHER$,CN=Users", {"objectclass": classes, "useraccountcontrol": [str(flags).encode()]})
    assert (kind_of(entry) or (None,))[0] == kind


def test_deleted_objects_and_trusted_domains_are_no_accounts(found: dict[str, dict[str, Any]]) -> None:
    assert not [name for name in found if "deleted" in name or "other" in name.lower()]


def test_another_first_group_is_a_membership_as_the_usual_one_is(snapshot: Snapshot) -> None:
    assert {group for name, group in members(snapshot) if name == "moved"} >= {"Domain Guests", "Guests"}


def test_no_group_of_an_own_domain_has_members_that_are_not_known(snapshot: Snapshot) -> None:
    """Computers, and the principals of other domains that Windows puts into its own groups, are seen by their names."""
    gaps = {row["name"] for row in rows(snapshot, "groups") if row["members_gap"]}
    assert gaps == {"inner", "outer"}


def test_a_reader_without_rights_of_its_own_reads_the_same(server: DomainController, snapshot: Snapshot) -> None:
    server.tool("samba-tool", "user", "create", "reader", PASSWORD)
    again = read(server.connect(bind_dn="reader@corp.example", bind_password=SecretStr(PASSWORD)))
    assert set(by_name(again)) == {*by_name(snapshot), "reader"}
    assert {row["name"]: row["members_gap"] for row in rows(again, "groups")} == {
        row["name"]: row["members_gap"] for row in rows(snapshot, "groups")
    }
    names = ("is_enabled", "account_kind", "created_at")
    first, second = by_name(snapshot), by_name(again)
    assert [[second[each][name] for name in names] for each in first] == [
        [first[each][name] for name in names] for each in first
    ]


def test_shut_and_expired_accounts_are_not_enabled(found: dict[str, dict[str, Any]]) -> None:
    names = ("shut", "over", "fresh", "Guest", "user0000")
    assert [found[name]["is_enabled"] for name in names] == [False, False, True, False, True]


def test_a_lockout_ends_by_itself_after_the_domains_duration(found: dict[str, dict[str, Any]]) -> None:
    """By Samba's default, 30 minutes: one began a minute ago, the other half an hour."""
    assert found["user0000"]["locked_at"] == NOW.replace(tzinfo=None) - timedelta(minutes=1)
    assert found["user0001"]["locked_at"] is None


def test_a_last_sign_in_says_that_it_may_be_late_and_a_password_that_must_be_changed_shows(
    found: dict[str, dict[str, Any]],
) -> None:
    assert found["user0002"]["last_active_at"] == NOW.replace(tzinfo=None) - timedelta(days=95)
    assert "14 days" in json.loads(found["user0002"]["attributes"])["last_active_note"]
    assert "last_active_note" not in json.loads(found["user0003"]["attributes"])
    assert json.loads(found["fresh"]["attributes"])["pwdLastSet"] == ["0"]


def test_large_nested_and_first_groups_hold_exactly_their_members(snapshot: Snapshot) -> None:
    pairs = members(snapshot)
    assert sum(group == "crew" for _, group in pairs) == 1300
    assert ("user0007", "Domain Users") in pairs
    assert {name for name, group in pairs if group in ("inner", "outer")} == {"odd"}


def test_a_member_of_another_domain_leaves_the_groups_members_partly_unknown(snapshot: Snapshot) -> None:
    gaps = {row["name"]: row["members_gap"] for row in rows(snapshot, "groups")}
    assert "1 member of another domain" in gaps["inner"]
    assert (gaps["crew"], gaps["Domain Users"]) == (None, None)


class _Parted(LdapSession):
    """A server that gives members 1,500 at a time, as Microsoft's does; `lost` parts are refused."""

    everybody = tuple(f"CN=u{n},DC=x".encode() for n in range(3_200))
    lost: frozenset[int] = frozenset()

    def pages(self, *asked: Any, **_: Any) -> Iterator[list[Entry]]:
        action, base, _filter, attributes = asked
        start = int(attributes[0].removeprefix(RANGED).removesuffix("-*"))
        if start in self.lost:
            raise DirectoryReadError(action, "denied", "insufficientAccessRights", "")
        part = self.everybody[start : start + 1500]
        end = "*" if start + 1500 >= len(self.everybody) else str(start + len(part) - 1)
        yield [Entry(base, {f"{RANGED}{start}-{end}": list(part)})]


@pytest.mark.parametrize("lost", [frozenset[int](), frozenset({3000})])
def test_members_given_in_ranges_are_all_asked_for(lost: frozenset[int], server: DomainController) -> None:
    session = _Parted(server.connect(), LdapTimeouts())
    session.lost = lost
    first = Entry("CN=g,DC=x", {"member": [], f"{RANGED}0-1499": list(_Parted.everybody[:1500])})
    whole = with_every_member(session, recorder(NEEDED_FOR), GROUPS, first)
    if lost:
        assert [name for name in whole.attributes if name.startswith(RANGED)] == [f"{RANGED}0-2999"]
    else:
        assert set(whole.attributes["member"]) == set(_Parted.everybody)
        assert not any(name.startswith(RANGED) for name in whole.attributes)


class _Endless(LdapSession):
    """A server that goes on for ever: with the same entries, or with none."""

    answers: tuple[Entry, ...] = ()

    def _page(self, *_: Any) -> tuple[list[Entry], bytes | None]:
        return list(self.answers), b"0"


@pytest.mark.parametrize("answers", [[], [Entry("cn=a", {})]])
def test_a_search_that_does_not_advance_ends(answers: list[Entry], server: DomainController) -> None:
    session = _Endless(server.connect(), LdapTimeouts())
    session.answers = tuple(answers)
    with pytest.raises(DirectoryReadError) as failure:
        list(session.pages("ldap:SearchUsers", "", "", []))
    assert failure.value.code == "EndlessSearch"


@pytest.mark.soak
@pytest.mark.parametrize("size", [100, 1_000])
def test_members_beyond_three_pages_and_two_ranges_are_all_read(tmp_path: Path, size: int) -> None:
    names = [f"user{number:04}" for number in range(3_300)]
    with domain_controller(tmp_path / "domain") as server:
        unit = f"dn: {PEOPLE}\nobjectClass: organizationalUnit\n\n"
        everybody = _group("everybody", *(f"CN={name},{PEOPLE}" for name in names))
        server.add(unit + "".join(map(_user, names)) + everybody)
        snapshot = read(server.connect(page_size=size))
    assert set(names) <= set(by_name(snapshot))
    assert sum(group == "everybody" for _, group in members(snapshot)) == len(names)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CN=a\\, b,DC=x", "cn=A\\2C  B, dc=X"),
        ("CN=\\C3\\84nne,DC=x", "cn=änne,dc=x"),
        ("CN=a\\+b,DC=x", "CN=a\\2bb,DC=x"),
        ("CN=a+UID=1,DC=x", "uid=1+cn=A,dc=x"),
    ],
)
def test_two_spellings_of_a_name_are_equal(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_names_that_differ_stay_apart() -> None:
    assert len({folded(name) for name in ("CN=a\\,b,DC=x", "CN=a,b,DC=x", "CN=a\\\\,b,DC=x", "CN=a\\+b=c,DC=x")}) == 4
    assert first_value("cn=a\\, \\C3\\84,dc=x") == "a, Ä"


@pytest.mark.parametrize(
    ("referral", "is_own"),
    [
        ("ldap://corp.example/CN=Configuration,DC=corp,DC=example", True),
        ("ldaps://DomainDnsZones.corp.example/DC=DomainDnsZones,DC=corp,DC=example", True),
        ("ldap://ForestDnsZones.corp.example/DC%3DForestDnsZones,dc=corp,dc=example", True),
        ("ldap://child.corp.example/DC=child,DC=corp,DC=example", False),
        ("ldap://elsewhere/CN=Configuration,DC=else,DC=where", False),
        ("ldap://elsewhere/", False),
    ],
)
def test_only_the_domains_own_partitions_are_passed_over_in_silence(referral: str, is_own: bool) -> None:
    assert is_own_partition(referral, f"OU=People,{DOMAIN}") is is_own
