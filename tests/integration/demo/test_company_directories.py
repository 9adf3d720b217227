"""The company's LDAP directory and Identity Center hold what the traps need, and nothing that gives them away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from pipeline.demo.company import Company, ExpectedAccount, populate
from pipeline.demo.company.accounts import ACCOUNTS
from pipeline.demo.company.center import MANAGEMENT
from pipeline.demo.company.logins import DirectoryEntry
from pipeline.demo.emulator import Emulator
from tests.integration.demo.emulating import NOW


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulator]:
    with Emulator(clock=lambda: NOW) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def company(aws: Emulator) -> Company:
    return populate(aws, NOW)


def trapped(company: Company, trap: str) -> ExpectedAccount:
    [one] = [one for one in company.everywhere if one.login.trap == trap]
    return one


def card(company: Company, trap: str) -> DirectoryEntry:
    found = trapped(company, trap).login.card
    assert found is not None
    return found


def test_every_trap_is_told_once(company: Company) -> None:
    told = Counter(one.login.trap for one in company.everywhere if one.login.trap)
    assert len(told) >= 14
    assert set(told.values()) == {1}


def test_user_names_are_nobody_elses_in_their_directory(company: Company) -> None:
    for directory in (company.entries, company.users):
        names = [one.login.name.casefold() for one in directory]
        assert len(set(names)) == len(names)


def test_the_roster_does_not_know_what_the_married_and_the_rehired_go_by(company: Company) -> None:
    addresses = {person.email for person in company.people}
    numbers = {person.employee_id for person in company.people}
    assert card(company, "married: the old name and address").email not in addresses
    assert card(company, "married: nothing but the old address").email not in addresses
    assert card(company, "married: nothing but the old address").employee_id == ""
    rehired = card(company, "rehired: the number of the first time")
    assert rehired.email not in addresses
    assert rehired.employee_id not in numbers
    assert [person.name.local for person in company.people if person.prior_employee_id == rehired.employee_id] == [
        "ricardo.monteiro"
    ]


def test_the_wrong_number_is_a_colleagues_and_the_address_is_the_persons_own(company: Company) -> None:
    mistaken = card(company, "the employee number of a colleague")
    holders = {person.email for person in company.people if person.employee_id == mistaken.employee_id}
    assert holders == {"viktor.horvath@tidewater.example"}
    assert mistaken.email == "nadia.rahmani@tidewater.example"


@pytest.mark.parametrize("trap", ["a nickname", "two persons of that name", "an admin's second login, no number"])
def test_nothing_but_the_name_tells_whose_these_are(company: Company, trap: str) -> None:
    found = card(company, trap)
    assert (found.email, found.employee_id) == ("", "")


def test_two_persons_have_one_name_and_a_contractor_an_employees(company: Company) -> None:
    names = Counter((person.name.given, person.name.family) for person in company.people)
    shared = card(company, "two persons of that name")
    assert names[shared.given_name, shared.family_name] == 2
    namesake = card(company, "a contractor called like an employee")
    assert names[namesake.given_name, namesake.family_name] == 1
    assert namesake.email.endswith("@brightwave-consulting.example")


def test_one_person_has_a_login_in_every_directory(company: Company) -> None:
    owner = trapped(company, "one person in every directory").login.owner
    held = {one.login.connection for one in company.everywhere if one.login.owner == owner}
    assert held == {"production", "staging", "data", "ldap", "sso"}


def test_permission_sets_reach_every_account_by_group_and_one_by_user(aws: Emulator, company: Company) -> None:
    reach = aws.identity_center(MANAGEMENT).reach()
    users = {one.user_id: one for one in company.users}
    assert {user for user, _, _, _ in reach} <= set(users)
    administrators = {(account, through) for _, name, account, through in reach if name == "AdministratorAccess"}
    everywhere = {(account.account_id, "Cloud administrators") for account in ACCOUNTS}
    assert administrators == everywhere | {(ACCOUNTS[0].account_id, "direct")}
    left = company.of("left, still in Identity Center")
    assert {account for user, _, account, _ in reach if user == left[0].user_id} == {a.account_id for a in ACCOUNTS}


def test_an_entry_says_what_hr_says_unless_it_is_a_trap(company: Company) -> None:
    people = {person.employee_id: person for person in company.people}
    for one in company.entries:
        if one.login.story == "in the directory" and not one.login.trap:
            assert one.login.card is not None
            assert one.login.card.email == people[one.login.owner].email
            assert one.login.card.employee_id in (one.login.owner, "")
