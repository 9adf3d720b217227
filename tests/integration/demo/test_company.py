"""The sample company is believable, complete, the same at every start, and full of traps."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.demo.company import Company, populate
from pipeline.demo.company.accounts import ACCOUNTS, DATA
from pipeline.demo.company.names import ascii_fold, cast, others
from pipeline.demo.emulator import Emulator
from tests.integration.demo.emulating import NOW


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    with Emulator(clock=lambda: NOW) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def company(aws: Emulator) -> Company:
    return populate(aws, NOW)


def test_it_has_about_180_people_and_logins_in_every_directory(company: Company) -> None:
    assert 170 <= len(company.people) <= 190
    logins = Counter(one.login.connection for one in company.everywhere)
    assert set(logins) == {"production", "staging", "data", "sso", "ldap"}
    assert logins["ldap"] > logins["production"] > logins["staging"] > logins["sso"] > logins["data"] > 20


def test_every_finding_is_there_and_none_is_the_rule(company: Company) -> None:
    truth, logins = company.truth(), len(company.everywhere)
    assert set(truth.orphans.values()) == {
        "no_owner",
        "owner_terminated",
        "owner_ambiguous",
        "service_unowned",
        "service_owner_terminated",
    }
    assert set(truth.duplicates.values()) == {"cross_directory", "same_directory", "admin_twin"}
    assert set(truth.activity.values()) == {"active", "stale", "no_credentials", "unknown"}
    assert set(truth.kinds.values()) == {"human", "service", "shared", "break_glass"}
    assert len(truth.accounts("active")) > logins / 2
    assert logins / 10 < len(truth.accounts("stale")) < logins / 3
    assert len(truth.orphans) < logins / 5


def _activity(company: Company, story: str) -> set[str]:
    truth = company.truth()
    found = {truth.activity[one.account_key] for one in company.of(story)}
    assert found, f"no login tells: {story}"
    return found


@pytest.mark.parametrize(
    ("story", "activity"),
    [
        ("stale password", "stale"),
        ("password never used", "stale"),
        ("stale key", "stale"),
        ("old key, never used", "stale"),
        ("new key, not used yet", "active"),
        ("second key stale while the first is switched off", "stale"),
        ("one key in use, one forgotten", "active"),
        ("key in use, password forgotten", "active"),
        ("password deleted, its last use left behind", "no_credentials"),
        ("password deleted, key in use", "active"),
        ("all keys switched off", "no_credentials"),
        ("never given a credential", "no_credentials"),
        ("stale password, no key", "stale"),
        ("stale password, and a key nobody may look at", "unknown"),
        ("key nobody may look at", "unknown"),
        ("directory login not used", "stale"),
        ("in Identity Center", "unknown"),
        ("left, shut out of Identity Center", "no_credentials"),
    ],
)
def test_each_story_of_use_ends_as_it_must(company: Company, story: str, activity: str) -> None:
    assert _activity(company, story) == {activity}


def test_an_active_account_may_hold_a_stale_credential(company: Company) -> None:
    truth = company.truth()
    for one in company.of("one key in use, one forgotten"):
        assert [key in truth.stale_credentials for key in ((one.account_key, k) for k in one.key_ids)] == [False, True]


@pytest.mark.parametrize(
    ("story", "reason"),
    [
        ("left, key still in use", "owner_terminated"),
        ("left, HR still says active", "owner_terminated"),
        ("left, HR gives no date", "owner_terminated"),
        ("leaves in three weeks", None),
        ("contractor behind a boundary", None),
        ("service nobody owns", "service_unowned"),
        ("service whose owner left", "service_owner_terminated"),
        ("service whose owner tag leads nowhere", "service_unowned"),
        ("break-glass user", None),
        ("shared mailbox", None),
        ("two persons by one login's tags", "owner_ambiguous"),
        ("two persons of that name, no key", "owner_ambiguous"),
        ("consultant called like an employee", "no_owner"),
        ("goes by a nickname", None),
        ("has married", None),
        ("admin half of an admin twin", None),
        ("left, still in the directory", "owner_terminated"),
        ("left, still in Identity Center", "owner_terminated"),
        ("left, shut out of Identity Center", "owner_terminated"),
        ("service of the directory", "service_unowned"),
        ("mailbox of many", "no_owner"),
        ("login without any tag", "no_owner"),
    ],
)
def test_each_story_of_ownership_ends_as_it_must(company: Company, story: str, reason: str | None) -> None:
    truth = company.truth()
    assert {truth.orphans.get(one.account_key) for one in company.of(story)} == {reason}


def test_one_user_name_of_two_persons_is_no_duplicate(company: Company) -> None:
    garcias = company.of("one user name, two persons")
    assert [one.login.name for one in garcias] == ["mgarcia", "mgarcia"]
    assert {one.login.connection for one in garcias} == {"production", "staging"}
    clusters = company.truth().clusters
    assert not [cluster for cluster in clusters if {one.account_key for one in garcias} <= cluster]


def test_shared_and_break_glass_logins_are_nobodys_duplicates(company: Company) -> None:
    truth = company.truth()
    assert {truth.kinds[key] for key in truth.duplicates} == {"human"}
    assert len({one.login.tags["email"] for one in company.of("seat of a workshop, one mailbox for all")}) == 1


def test_a_consultant_hr_does_not_know_is_one_person_in_three_directories(company: Company) -> None:
    truth = company.truth()
    every = {one.account_key for one in company.of("consultant HR does not know, in two AWS accounts")}
    every |= {one.account_key for one in company.of("consultant HR does not know")}
    assert len(every) == 3
    assert every in truth.clusters
    assert {truth.orphans[key] for key in every} == {"no_owner"}


def test_time_makes_more_of_it_stale_and_frees_nobody(company: Company) -> None:
    today, later = company.truth(), company.truth(NOW + timedelta(days=60))
    assert today.accounts("stale") < later.accounts("stale")
    assert set(today.orphans) < set(later.orphans)
    leaver = company.of("leaves in three weeks")[0].account_key
    assert later.orphans[leaver] == "owner_terminated"


def test_nothing_lies_near_the_limit(company: Company) -> None:
    week = timedelta(days=7)
    for at in (NOW - week, NOW + week):
        assert company.truth(at).stale_credentials == company.truth().stale_credentials


def test_what_is_in_the_emulated_aws_is_what_the_stories_say(aws: Emulator, company: Company) -> None:
    truth = company.truth()
    for account in ACCOUNTS:
        real = aws.account(account.account_id).truth()
        logins = {one.user_id: one for one in company.placed if one.login.connection == account.connection}
        assert {user["user_id"] for user in real["users"]} == set(logins)
        usable = {f"{account.connection}:{row['user_id']}" for row in real["login_profiles"] if row["has_password"]}
        usable |= {f"{account.connection}:{k['user_id']}" for k in real["access_keys"] if k["status"] == "Active"}
        nothing = {f"{account.connection}:{user_id}" for user_id in logins} - usable
        assert nothing == {key for key in truth.accounts("no_credentials") if key.startswith(f"{account.connection}:")}


def test_administrators_are_those_allowed_everything(aws: Emulator, company: Company) -> None:
    found = set()
    for account in ACCOUNTS:
        real = aws.account(account.account_id).truth()
        grants = [(row["principal_id"], row["document"]) for row in real["inline_policies"]]
        documents = {row["policy_arn"]: row["document"] for row in real["managed_policies"]}
        grants += [(row["principal_id"], documents[row["policy_arn"]]) for row in real["attached_policies"]]
        allowed = {
            holder
            for holder, document in grants
            for statement in document["Statement"]
            if statement["Effect"] == "Allow" and "*" in statement.get("Action", [])
        }
        members = {row["user_id"] for row in real["memberships"] if row["group_id"] in allowed}
        users = {user["user_id"] for user in real["users"]}
        found |= {f"{account.connection}:{user_id}" for user_id in (allowed | members) & users}
    assert found == company.truth().admins


def test_the_same_date_gives_the_same_company_and_another_date_the_same_people() -> None:
    def made(days: int) -> tuple[Company, list[object]]:
        aws = Emulator()
        company = populate(aws, NOW + timedelta(days=days))
        return company, [aws.account(account.account_id).truth() for account in ACCOUNTS]

    (first, inside), (second, inside_again), (third, _) = made(0), made(0), made(200)
    assert (first, inside) == (second, inside_again)
    assert first != third
    assert [p.employee_id for p in first.people] == [p.employee_id for p in third.people]
    assert [one.account_key for one in first.placed] == [one.account_key for one in third.placed]


def test_the_roster_keeps_zeros_names_and_dates(company: Company, tmp_path: Path) -> None:
    company.write_roster(tmp_path / "hr.csv")
    with (tmp_path / "hr.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(company.people)
    assert list(rows[0])[:4] == ["EmployeeNumber", "WorkEmail", "First", "Last"]
    assert all(len(row["EmployeeNumber"]) == 6 and row["EmployeeNumber"].startswith("00") for row in rows)
    assert {"NA", "Null", "O'Brien", "van der Berg", "王", "الفارسي", "Björnsdóttir"} <= {row["Last"] for row in rows}
    assert [row["First"] for row in rows if row["Last"] == "Wulandari"] == [""]
    assert {row["Status"] for row in rows} == {"Active", "Terminated"}
    numbers = {row["EmployeeNumber"] for row in rows}
    assert {row["Manager"] for row in rows} - {""} < numbers
    assert len({row["WorkEmail"] for row in rows}) == len(rows)


def test_everybody_was_hired_before_they_could_log_in(company: Company) -> None:
    people = {person.employee_id: person for person in company.people}
    for one in company.placed:
        if one.login.kind == "human" and one.login.owner:
            created = NOW - timedelta(days=one.login.created)
            assert people[one.login.owner].hired_on <= created.date()


def test_user_names_and_tags_are_what_aws_accepts(company: Company) -> None:
    for one in company.placed:
        assert set(one.login.name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+=,.@_-")
        for key, value in one.login.tags.items():
            assert all(letter.isalnum() or letter in " _.:/=+-@" for letter in key + value)


def test_one_account_does_not_tell_when_keys_were_used(company: Company) -> None:
    assert "iam:GetAccessKeyLastUsed" in DATA.withheld
    unknown = company.truth().unknown_credentials
    assert unknown
    assert {account_key.split(":")[0] for account_key, _ in unknown} == {"data"}


def test_names_fold_to_addresses() -> None:
    assert [ascii_fold(name) for name in ("Đorđević", "van der Berg", "O'Brien", "Groß", "Þórunn", "Y\u0131lmaz")] == [
        "dordevic",
        "vanderberg",
        "obrien",
        "gross",
        "thorunn",
        "yilmaz",
    ]
    names = cast() + others()
    assert len({name.email for name in names}) == len(names)
    assert all(name.local.isascii() and name.local for name in names)
