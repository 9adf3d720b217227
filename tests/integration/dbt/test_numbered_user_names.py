"""User names of a given name and a number: whose they are, by what the directories show of them."""

from __future__ import annotations

import pytest

from tests.integration.dbt.raw_rows import Company
from tests.integration.dbt.warehouses import Warehouse

ANNAS = 45
FAMILIES = [
    f"{start}{end}" for start in ("Berg", "Lind", "Ost", "Hol", "Sand") for end in ("a", "ek", "in", "man", "vik")
]


def company() -> Company:
    """45 people called Anna, with the same user name in two directories; the last was called Neumann once."""
    made = Company()
    hr = made.file()
    ldap = made.file("ldap", authoritative=False, known=("username", "given_name", "family_name", "email"))
    okta = made.file("okta", authoritative=False, known=("username", "given_name", "family_name", "email"))
    aws = made.aws("production")
    for n in range(1, ANNAS + 1):
        family = FAMILIES[n % len(FAMILIES)] + ("" if n <= len(FAMILIES) else "sson")
        person = {"given_name": "Anna", "family_name": family, "email": f"anna.{n}@corp.example"}
        hr.person(f"N{n}", employee_id=f"N{n}", display_name=f"Anna {family}", **person)
        ldap.person(f"anna{n}", username=f"anna{n}", **person)
        if n == ANNAS:
            person |= {"family_name": "Neumann", "email": "anna.neumann@corp.example"}
        okta.person(f"00u{n}", username=f"anna{n}", **person)
        if n % 4 == 1:
            aws.user(f"anna{n}", login={}, tags={})
    return made


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> Warehouse:
    return warehouse.build(company())


def rules_of(built: Warehouse, directory: str, username: str) -> str | None:
    """The rules an account was given to its own person by; None where it was not."""
    [row] = built.all(
        "select matched.rules, matched.identity_id = roster.identity_id as is_own"
        " from identity.identity_accounts as matched"
        " inner join inventory.accounts using (account_key)"
        " inner join identity.identity_accounts as roster"
        f" on roster.account_key = 'people:N{username.removeprefix('anna')}'"
        f" where accounts.directory_id = '{directory}' and accounts.username = '{username}'"
    )
    return row["rules"] if row["is_own"] else None


def test_a_user_name_that_is_always_right_between_directories_outweighs_a_former_name(built: Warehouse) -> None:
    assert "proven_username" in (rules_of(built, "okta", f"anna{ANNAS}") or "")


def test_a_number_that_the_directory_would_not_have_come_to_names_the_person(built: Warehouse) -> None:
    assert "corporate_username" in (rules_of(built, "production", "anna41") or "")
