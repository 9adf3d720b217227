"""What must never be true of identities, and what deserves a look: each dbt test that says so speaks when it must."""

from __future__ import annotations

import duckdb
import pytest

from tests.integration.dbt.conftest import Warehouse, invoke
from tests.integration.dbt.raw_rows import Company

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


def status(warehouse: Warehouse, test: str) -> str:
    """What one dbt test says of the tables as they stand."""
    result = invoke("test", "--select", test, folder=warehouse.folder, manifest=warehouse.manifest.deepcopy())
    [run] = result.result  # type: ignore[union-attr, misc]
    return str(run.status)


def change(warehouse: Warehouse, statement: str) -> None:
    with duckdb.connect(str(warehouse.file)) as connection:
        connection.execute(statement)


def test_rehires_and_strong_second_accounts_pass_and_two_of_three_dead_owner_tags_are_told(
    warehouse: Warehouse, company: Company
) -> None:
    warehouse.build(company)
    assert {test: warehouse.statuses[test] for test in (ONE_PERSON, ONE_ACCOUNT, TAGS)} == {
        ONE_PERSON: "pass",
        ONE_ACCOUNT: "pass",
        TAGS: "warn",
    }


def test_one_identity_with_two_numbers_of_nobody_rehired_is_told(warehouse: Warehouse, company: Company) -> None:
    warehouse.build(company)
    change(
        warehouse,
        "update intermediate.int_identity_accounts set identity_id ="
        " (select identity_id from intermediate.int_identity_accounts where account_key like '%:E1')"
        " where account_key like '%:E2'",
    )
    assert status(warehouse, ONE_PERSON) == "warn"


def test_second_account_by_names_alone_is_told(warehouse: Warehouse, company: Company) -> None:
    warehouse.build(company)
    change(
        warehouse,
        "update intermediate.int_identity_evidence set rule = 'full_name' where account_key like 'production:%'",
    )
    assert status(warehouse, ONE_ACCOUNT) == "warn"


def test_owner_tags_that_lead_to_somebody_pass(warehouse: Warehouse, company: Company) -> None:
    warehouse.build(company)
    change(warehouse, "update intermediate.int_account_owners set outcome = 'active'")
    assert status(warehouse, TAGS) == "pass"
