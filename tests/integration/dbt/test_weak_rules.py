"""Names, user names and addresses as evidence: where each weak rule speaks, where it is silent, what it is worth."""

from __future__ import annotations

import pytest

from tests.integration.dbt.raw_rows import Company
from tests.integration.dbt.warehouses import Warehouse

PEOPLE = {
    "Robert Fairbanks": {},
    "Elizabeth Quartermaine": {},
    "Daniel Kim": {"employee_id": "K1", "email": "daniel.kim@corp.example"},
    "Daniel Kim (2)": {"employee_id": "K2", "email": "daniel.kim2@corp.example", "display_name": "Daniel Kim"},
    "María García López": {"given_name": "María", "family_name": "García López"},
    "Sören Kjærgaard": {},
    "Ingrid Solberg": {},
    "Wolfgang Rademacher": {"department": "Finance"},
    "Yvonne Castellanos": {},
    "Theodora Blackwood": {"worker_type": "Employee", "hired_on": None},
    "Petra Lindgren": {"email": "petra.lindgren@corp.example"},
    "Olga Marchetti": {"email": "olga.marchetti@corp.example"},
}


def company() -> Company:
    """A roster, a directory of people without addresses, and an AWS account."""
    made = Company()
    hr = made.file()
    for number, (name, columns) in enumerate(PEOPLE.items(), start=1):
        given, _, family = name.partition(" ")
        defaults = {
            "employee_id": f"N{number}",
            "given_name": given,
            "family_name": family.partition(" (")[0],
            "display_name": name,
            "email": f"person{number}@corp.example",
        }
        hr.person(f"P{number}", **{**defaults, **columns})
    made_people(made)
    aws = made.aws("production")
    for name in ("fairbanks.robert", "kim", "isolberg-adm", "qwertz"):
        aws.user(name, login={}, tags={})
    return made


def made_people(made: Company) -> None:
    ldap = made.file(
        "ldap", authoritative=False, known=("username", "given_name", "family_name", "email", "worker_type")
    )
    logins = {
        "rfairbanks": ("Robert", "Fairbanks"),
        "lquarter": ("Liz", "Quartermaine"),
        "dkim": ("Daniel", "Kim"),
        "mgarcia": ("María", "García"),
        "skjaergaard": ("Soeren", "Kjaergaard"),
        "isolberg": ("Ingrid", "Solberg"),
        "wrademacher": ("Wolfgnag", "Rademacher"),
        "ycastellanos": ("Peter", "Castellanos"),
        "nobody": ("Xavier", "Unheard"),
    }
    for login, (given, family) in logins.items():
        ldap.person(login, username=login, given_name=given, family_name=family, display_name=f"{given} {family}")
    ldap.person(
        "tblackwood",
        username="tblackwood",
        given_name="Theodora",
        family_name="Blackwood",
        email="theodora@agency.example",
        worker_type="Contractor",
    )
    for login, given, family, email in (
        ("x7q", "Petra", "Lindgren", "petra.hoffmann@corp.example"),
        ("x8q", "Olga", "Marchetti", "omaria.marchetti@corp.example"),
    ):
        ldap.person(login, username=login, given_name=given, family_name=family, email=email)


@pytest.fixture(scope="module")
def built(warehouse: Warehouse) -> Warehouse:
    return warehouse.build(company())


def evidence(built: Warehouse, username: str) -> dict[str, float]:
    """The rules that speak for an account's candidates, and what each is worth."""
    rows = built.all(
        "select evidence.rule, evidence.weight from identity.match_evidence as evidence"
        " inner join inventory.accounts using (account_key)"
        f" where accounts.username = '{username}' and evidence.relation = 'identity'"
    )
    return {row["rule"]: round(row["weight"], 3) for row in rows}


def verdict(built: Warehouse, username: str) -> tuple[str, str | None]:
    """Its status, and whose it is."""
    [row] = built.all(
        "select matched.status, identities.display_name from identity.identity_accounts as matched"
        " inner join inventory.accounts using (account_key)"
        " left join identity.identities on matched.identity_id = identities.identity_id"
        f" where accounts.username = '{username}'"
    )
    return row["status"], row["display_name"]


@pytest.mark.parametrize(
    ("username", "rules", "person"),
    [
        ("rfairbanks", {"full_name": 0.7, "username_pattern": 0.7}, "Robert Fairbanks"),
        ("lquarter", {"name_variant": 0.62, "username_pattern": 0.7}, "Elizabeth Quartermaine"),
        ("mgarcia", {"name_part": 0.45, "names_alike": 0.62}, "María García López"),
        ("skjaergaard", {"full_name": 0.7, "username_pattern": 0.7}, "Sören Kjærgaard"),
        ("wrademacher", {"names_alike": 0.62, "username_pattern": 0.7}, "Wolfgang Rademacher"),
        ("fairbanks.robert", {"username_pattern": 0.7}, "Robert Fairbanks"),
        ("isolberg-adm", {"username_core": 0.88, "username_pattern": 0.7}, "Ingrid Solberg"),
    ],
    ids=["name", "nickname", "half a double name", "folded letters", "slip of the fingers", "order of names", "admin"],
)
def test_what_only_one_person_can_be_is_theirs(
    built: Warehouse, username: str, rules: dict[str, float], person: str
) -> None:
    assert evidence(built, username) == rules
    assert verdict(built, username) == ("assigned", person)


def test_two_of_one_name_each_count_half_and_nobody_gets_it(built: Warehouse) -> None:
    assert evidence(built, "dkim") == {"full_name_shared": 0.25, "username_pattern": 0.35}
    assert verdict(built, "dkim") == ("ambiguous", None)


def test_family_name_alone_is_shared_among_all_who_have_it_and_too_little(built: Warehouse) -> None:
    assert evidence(built, "kim") == {"single_name": 0.1}
    assert verdict(built, "kim") == ("unmatched", None)


def test_other_address_and_other_kind_of_worker_take_a_name_away(built: Warehouse) -> None:
    rules = evidence(built, "tblackwood")
    assert {name: rules[name] for name in ("full_name", "emails_disagree", "worker_type_differs")} == {
        "full_name": 0.7,
        "emails_disagree": 0.35,
        "worker_type_differs": 0.5,
    }
    assert verdict(built, "tblackwood") == ("unmatched", None)


def test_address_of_the_company_made_of_a_former_family_name_contradicts_nothing(built: Warehouse) -> None:
    assert evidence(built, "x7q") == {"full_name": 0.7}
    assert verdict(built, "x7q") == ("assigned", "Petra Lindgren")


def test_another_address_made_of_the_family_name_is_a_namesakes(built: Warehouse) -> None:
    assert evidence(built, "x8q")["emails_disagree"] == 0.35
    assert verdict(built, "x8q") == ("unmatched", None)


@pytest.mark.parametrize("username", ["nobody", "qwertz", "ycastellanos"])
def test_unheard_name_or_only_the_family_name_of_somebody_is_nobodys(built: Warehouse, username: str) -> None:
    assert evidence(built, username) == {}
    assert verdict(built, username) == ("unmatched", None)
