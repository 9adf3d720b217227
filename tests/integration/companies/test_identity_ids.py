"""An identity keeps its id from sync to sync, whatever accounts and addresses are added or go."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.integration.companies.compiled import Project
from tests.integration.companies.generate import generate, rows_of
from tests.integration.companies.remembering import Raw, Syncs
from tests.integration.dbt.raw_rows import ROSTER_FIELDS, Company, FileDirectory

PEOPLE = {"ada": ("Ada", "Byrne"), "ben": ("Ben", "Fox")}
FIELDS = (*ROSTER_FIELDS, "alias_emails")


@dataclass
class Firm:
    """Two people with an account in each of two directories, listed by a roster or not."""

    roster: bool
    company: Company = field(default_factory=Company)
    directories: dict[str, FileDirectory] = field(default_factory=dict)
    number: bool = True

    def __post_init__(self) -> None:
        if self.roster:
            for name in PEOPLE:
                self.account("people", name, employee_id=f"E-{name}" if self.number else None)
        for directory in ("chat", "mail"):
            for name in PEOPLE:
                self.account(directory, name)

    def account(self, directory: str, name: str, native_id: str | None = None, **columns: object) -> None:
        given, family = PEOPLE[name]
        if directory not in self.directories:
            authoritative = directory in ("people", "contractors")
            made = self.company.file(directory, authoritative=authoritative, known=FIELDS)
            self.directories[directory] = made
        known = {"email": f"{name}@example.com", "given_name": given, "family_name": family, "status": "active"}
        self.directories[directory].person(native_id or name, **{**known, **columns})

    def without(self, *keys: str) -> Firm:
        rows = self.company.rows["file_accounts"]
        rows[:] = [row for row in rows if f"{row['directory_id']}:{row['native_id']}" not in keys]
        return self

    def change(self, key: str, **columns: object) -> None:
        for row in self.company.rows["file_accounts"]:
            if f"{row['directory_id']}:{row['native_id']}" == key:
                row.update(columns)

    def raw(self) -> Raw:
        rows = {**self.company.rows, "evaluation": [self.company.evaluation()]}
        return defaultdict(list, {name: [dict(row) for row in table] for name, table in rows.items()})


def alias(firm: Firm) -> None:
    firm.change("chat:ada", email="aaa@example.com", alias_emails=json.dumps(["ada@example.com"]))


def lower_account(firm: Firm) -> None:
    firm.account("archive", "ada", "0")


def lower_account_with_an_alias(firm: Firm) -> None:
    firm.account("archive", "ada", "0", email="aaa@example.com", alias_emails=json.dumps(["ada@example.com"]))


def founder_gone(firm: Firm) -> None:
    firm.account("wiki", "ada")
    firm.without("chat:ada", "people:ada")


def one_account_left(firm: Firm) -> None:
    firm.without("people:ada", "people:ben")
    firm.change("mail:ada", email="new@example.com")
    firm.change("chat:ada", email="new@example.com")


def another_roster(firm: Firm) -> None:
    firm.account("contractors", "ada", "0", employee_id=None)


CHANGES = (alias, lower_account, lower_account_with_an_alias, founder_gone, one_account_left)


@pytest.mark.parametrize("roster", [True, False])
@pytest.mark.parametrize("change", CHANGES)
def test_an_identity_keeps_its_id(project: Project, roster: bool, change: Callable[[Firm], None]) -> None:
    syncs, firm = Syncs(project), Firm(roster)
    before = syncs.sync(firm.raw())
    change(firm)
    after = syncs.sync(firm.raw())
    assert before["chat:ada"] != before["chat:ben"]
    assert (after["mail:ada"], after["mail:ben"]) == (before["mail:ada"], before["mail:ben"])
    assert set(after.values()) == {before["mail:ada"], before["mail:ben"]}


@pytest.mark.parametrize("number", [True, False])
def test_a_person_of_the_roster_keeps_the_id_when_another_roster_lists_them_too(project: Project, number: bool) -> None:
    syncs, firm = Syncs(project), Firm(roster=True, number=number)
    before = syncs.sync(firm.raw())
    another_roster(firm)
    assert syncs.sync(firm.raw())["mail:ada"] == before["mail:ada"]


def test_a_roster_that_comes_and_goes_leaves_the_ids_alone(project: Project) -> None:
    syncs, bare, listed = Syncs(project), Firm(roster=False), Firm(roster=True)
    before = syncs.sync(bare.raw())
    assert syncs.sync(listed.raw())["mail:ada"] == before["mail:ada"]
    assert syncs.sync(bare.raw()) == before


@pytest.mark.parametrize("roster", [True, False])
def test_ids_do_not_swap_when_accounts_change_hands(project: Project, roster: bool) -> None:
    syncs, firm = Syncs(project), Firm(roster)
    before = syncs.sync(firm.raw())
    for key, name in (("mail:ada", "ben"), ("mail:ben", "ada")):
        given, family = PEOPLE[name]
        firm.change(key, email=f"{name}@example.com", given_name=given, family_name=family)
    after = syncs.sync(firm.raw())
    assert (after["chat:ada"], after["chat:ben"]) == (before["chat:ada"], before["chat:ben"])
    assert (after["mail:ada"], after["mail:ben"]) == (before["mail:ben"], before["mail:ada"])


def test_an_address_that_another_person_gets_does_not_bring_the_id(project: Project) -> None:
    """The id was made of the address; its first holder has another now, and keeps the id."""
    syncs, firm = Syncs(project), Firm(roster=False)
    before = syncs.sync(firm.raw())
    for directory in ("chat", "mail"):
        firm.change(f"{directory}:ada", email="ada.new@example.com")
        firm.account(directory, "ben", "other", email="ada@example.com", given_name="Cho", family_name="Kaya")
    after = syncs.sync(firm.raw())
    assert after["mail:ada"] == before["mail:ada"]
    assert after["mail:other"] not in before.values()
    assert after["mail:other"] == after["chat:other"]
    assert syncs.sync(firm.raw()) == after


def test_two_identities_that_were_one_part_again_with_the_ids_they_had(project: Project) -> None:
    syncs, firm = Syncs(project), Firm(roster=True)
    before = syncs.sync(firm.raw())
    firm.company.decision("d-1", "link", "mail:ada", "mail:ben")
    syncs.sync(firm.raw())
    firm.company.rows["ledger_decisions"].clear()
    assert syncs.sync(firm.raw()) == before


def test_a_service_keeps_its_id_when_it_gets_an_account_elsewhere(project: Project) -> None:
    company = Company()
    company.aws("first").user("svc-billing-export")
    firm = Firm(roster=True, company=company)
    syncs = Syncs(project)
    before = syncs.sync(firm.raw())
    user_id = "AIDA444455556666SVC"
    company.aws("another", account_id="444455556666").user("svc-billing-export", user_id=user_id)
    after = syncs.sync(firm.raw())
    service = before["first:AIDA111122223333SVC-BILLING-EXPORT"]
    assert after[f"another:{user_id}"] == service
    assert after["first:AIDA111122223333SVC-BILLING-EXPORT"] == service


@pytest.mark.parametrize("number", range(200, 202))
def test_ids_of_a_company_never_seen_are_kept_and_given_once(project: Project, number: int) -> None:
    """The same rows change nothing; whatever else goes, an identity stays with the account it was founded on."""
    raw, syncs = rows_of(generate(number).raw()), Syncs(project)
    before = syncs.sync(raw)
    assert syncs.sync(raw) == before, f"company {number}"
    founders = {str(row["founding_account_key"]): str(row["identity_id"]) for row in syncs.known}
    chance = random.Random(number)
    for name in [name for name in raw if name.endswith(("_accounts", "_users"))]:
        raw[name] = [row for row in raw[name] if chance.random() < 0.8]
    after = syncs.sync(raw)
    for identity in set(after.values()) - set(founders.values()):
        members = [key for key, value in after.items() if value == identity]
        assert not any(key in founders for key in members), f"company {number}: {members} lost their identity"
