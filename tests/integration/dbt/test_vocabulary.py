"""What tags mean and what accounts are, in a company that no word list of ours knows."""

from __future__ import annotations

import pytest

from tests.integration.dbt.raw_rows import Company
from tests.integration.dbt.warehouses import Warehouse

PEOPLE, SERVICES = 40, 20
SELF, OWNER, CREATOR = 'Почта\\"сотр\\\\', "=vlastnik|'x'", "założył/kto"
LONG = "ž" * 256
GIVEN = ("Anton", "Berta", "Cecil", "Dorit", "Edwin")
FAMILY = ("Zervas", "Yilmaz", "Wojcik", "Vasquez", "Urbanek", "Tanaka", "Sorokin", "Rasmus")


def email(number: int) -> str:
    return f"{number:02d}.{FAMILY[number % 8]}@corp.example".lower()


def login(number: int) -> str:
    return f"{GIVEN[number // 8][0]}{FAMILY[number % 8]}".lower()


def company() -> Company:
    """40 people and 20 services of one AWS account; the people who make all accounts are 2."""
    made = Company()
    hr, aws = made.file(), made.aws("production")
    for number in range(PEOPLE):
        given, family = GIVEN[number // 8], FAMILY[number % 8]
        hr.person(
            f"P{number}", employee_id=f"N1{number:04d}", given_name=given, family_name=family, email=email(number)
        )
        tags = {SELF: email(number), CREATOR: email(number % 2), LONG: "x"}
        aws.user(login(number), login={}, tags=tags)
    for number in range(SERVICES):
        tags = {OWNER: f"team / {email(number + 2)}", CREATOR: email(number % 2), "Rodzaj": "bezosobowe"}
        aws.user(f"qx-{'abcdefghijklmnopqrst'[number]}job", tags=tags)
    aws.user("qx-untagged")
    return made


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> Warehouse:
    return warehouse.build(company())


def taken_for(built: Warehouse) -> dict[str, tuple[str, str, int]]:
    rows = built.all("select * from identity.attributes where directory_id = 'production'")
    return {row["attribute"]: (row["meaning"], row["source"], row["deciding_account_count"]) for row in rows}


def test_tags_mean_what_their_values_show_whatever_they_are_called(built: Warehouse) -> None:
    assert taken_for(built) == {
        SELF: ("email", "learned", PEOPLE),
        OWNER: ("owner", "learned", SERVICES),
        CREATOR: ("creator", "learned", 0),
        LONG: ("other", "learned", 0),
        "Rodzaj": ("other", "learned", 0),
    }


def test_no_creator_owns_an_account_and_the_owner_in_a_part_of_the_value_does(built: Warehouse) -> None:
    assert built.all("select * from findings.orphaned_accounts where username not like '%untagged'") == []
    [untagged] = built.all("select * from findings.orphaned_accounts")
    assert untagged["reason"] == "service_unowned"


def test_user_names_made_of_words_that_only_machines_have_are_machines(built: Warehouse) -> None:
    kinds = built.by("username", "inventory.accounts", "account_kind")
    assert {kinds[login(number)] for number in range(PEOPLE)} == {"human"}
    assert kinds["qx-untagged"] == kinds["qx-ajob"] == "service"
    [word] = built.all("select * from identity.kind_markers where field = 'word of the user name'")
    assert (word["sign_value"], word["account_kind"], word["people_count"]) == ("qx", "service", 0)


def test_settings_overrule_what_was_learned(warehouse: Warehouse, built: Warehouse) -> None:
    made = company()
    made.rows["attribute_settings"].append({"attribute": OWNER.upper(), "meaning": "creator"})
    again = warehouse.build(made)
    assert taken_for(again)[OWNER] == ("creator", "setting", 0)
    reasons = again.by("username", "findings.orphaned_accounts", "reason")
    assert len(reasons) == SERVICES + 1
    assert set(reasons.values()) == {"service_unowned"}


def test_a_service_in_two_accounts_is_one_identity_with_the_owner_of_either_and_no_duplicate(
    warehouse: Warehouse,
) -> None:
    made = company()
    made.aws("sandbox", account_id="444455556666").user("qx-ajob", tags={})
    again = warehouse.build(made)
    [service] = again.all("select * from identity.identities where anchor = 'service:qx-ajob'")
    assert (service["identity_kind"], service["account_count"]) == ("service", 2)
    held = again.all(f"select * from identity.identity_accounts where identity_id = '{service['identity_id']}'")
    assert {row["directory_id"] for row in held} == {"production", "sandbox"}
    assert len({row["owner_identity_id"] for row in held} - {None}) == 1
    assert again.all("select * from findings.duplicate_identities") == []
    assert {row["username"] for row in again.all("select * from findings.orphaned_accounts")} == {"qx-untagged"}
