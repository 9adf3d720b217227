"""What must never be true of identities, and what deserves a look: each dbt test that says so speaks when it must."""

from __future__ import annotations

import pytest

from tests.integration.dbt.raw_rows import Company
from tests.integration.dbt.warehouses import Warehouse

TAGS = "assert_owner_tags_lead_to_somebody"
ONE_PERSON = "assert_identities_hold_one_roster_person"
ONE_ACCOUNT = "assert_weak_evidence_gives_one_account_a_directory"


@pytest.fixture(scope="module")
def company() -> Company:
    company = Company()
    hr = company.file()
    hr.person("E1", employee_id="E1", email="ann@corp.example", given_name="Ann", family_name="Lee")
    hr.person("E2", employee_id="E2", email="ben@corp.example", given_name="Ben", family_name="Cho")
    hr.person(
        "E3", employee_id="E3", prior_employee_id="E2", email="ben@corp.example", given_name="Ben", family_name="Cho"
    )
    aws = company.aws("production")
    for name in ("ann", "ann-old"):
        aws.user(name, login={}, tags={"email": "ann@corp.example"})
    for owner in ("ann@corp.example", "ghost@corp.example", "nobody@corp.example"):
        aws.user(f"svc-{owner.partition('@')[0]}", login=None, tags={"owner": owner})
    return company


def test_rehires_and_strong_second_accounts_pass_and_two_of_three_dead_owner_tags_are_told(
    warehouse: Warehouse, company: Company
) -> None:
    warehouse.build(company)
    assert {test: warehouse.status(test) for test in (ONE_PERSON, ONE_ACCOUNT, TAGS)} == {
        ONE_PERSON: "pass",
        ONE_ACCOUNT: "pass",
        TAGS: "warn",
    }


def test_one_identity_with_two_numbers_of_nobody_rehired_is_told(warehouse: Warehouse, company: Company) -> None:
    warehouse.build(company)
    warehouse.change(
        "update intermediate.int_identity_accounts set identity_id ="
        " (select identity_id from intermediate.int_identity_accounts where account_key like '%:E1')"
        " where account_key like '%:E2'",
    )
    assert warehouse.status(ONE_PERSON) == "warn"


def test_second_account_by_names_alone_is_told(warehouse: Warehouse, company: Company) -> None:
    warehouse.build(company)
    warehouse.change(
        "update intermediate.int_identity_evidence set rule = 'full_name' where account_key like 'production:%'",
    )
    assert warehouse.status(ONE_ACCOUNT) == "warn"


def test_owner_tags_that_lead_to_somebody_pass(warehouse: Warehouse, company: Company) -> None:
    warehouse.build(company)
    warehouse.change("update intermediate.int_account_owners set outcome = 'active'")
    assert warehouse.status(TAGS) == "pass"
