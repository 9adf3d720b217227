"""Companies never seen before: whatever their directories, reads, dirt and decisions, what is correct is published.

A company is made from its number; a failure names it: `generate(NUMBER)` is the same company again.
"""

from __future__ import annotations

import random

import pytest

from tests.integration.companies.compiled import Broken, Project, Published, Tables
from tests.integration.companies.generate import Generated, generate, rows_of
from tests.integration.dbt.raw_rows import Company

OURS = ("assignment_is_explained", "persons_hold_no_services", "identity_holds_one_roster_person")
"""Self-checks that only a defect of the rules can fail; a decision or a directory fails the others."""
EXPLAINED = """
    select held.account_key
    from identity.identity_accounts as held
    left join identity.match_evidence as evidence
        on held.account_key = evidence.account_key and held.identity_id = evidence.candidate
    where held.status in ('assigned', 'manual') and not held.is_authoritative and evidence.account_key is null
"""


def published(project: Project, number: int) -> Published:
    try:
        return project.build(generate(number).raw())
    except Broken as broken:
        pytest.fail(f"company {number} is not published: {broken}; {generate(number).log}")


def check(project: Project, number: int) -> Tables:
    """Whatever must hold for the company of this number; returns what was published of it."""
    found = published(project, number)
    assert not found.rows(EXPLAINED), f"company {number}"
    ours = found.rows(f"from operations.self_check_failures where check_name in {OURS}")
    contradicted = found.rows("from operations.self_check_failures where check_name = 'decisions_agree'")
    assert not ours or contradicted, f"company {number}: a rule is wrong: {ours}"
    return found.tables()


def check_order(project: Project, number: int, before: Tables) -> None:
    """The same rows in another order, on several threads, give the same ids and verdicts."""
    project.connection.execute("set threads = 4")
    after = project.build(generate(number).raw(random.Random(number))).tables()
    project.connection.execute("set threads = 1")
    for name, rows in before.items():
        assert after[name] == rows, f"company {number}: {name} depends on the order of rows"


def check_bystander(project: Project, number: int, before: Tables) -> None:
    """An AWS account with one user that has nothing to do with anybody changes no verdict on another account."""
    raw = rows_of(generate(number).raw())
    other = rows_of(bystander().raw())
    for name in ("connections", "attempts", "aws_iam_account", "aws_iam_users", "aws_iam_login_profiles"):
        raw[name] += other[name]
    project.build(raw)
    for name in ("findings.orphaned_accounts", "findings.stale_accounts", "findings.duplicate_identities"):
        rows = project.connection.execute(f"from {name} where directory_id <> 'zz-bystander'").fetchall()
        assert sorted(rows, key=repr) == before[name], f"company {number}: {name} changed with an unrelated directory"


def bystander() -> Generated:
    made = Generated(0, Company())
    account = made.company.aws("zz-bystander", account_id="999999999999")
    account.user("xqzwv")
    return made


@pytest.mark.parametrize("block", range(6))
def test_a_company_never_seen_is_published_and_explained(project: Project, block: int) -> None:
    for number in range(10 * block, 10 * block + 10):
        before = check(project, number)
        if number % 5 == 0:
            check_order(project, number, before)


@pytest.mark.soak
@pytest.mark.parametrize("block", range(100))
def test_two_thousand_companies_are_published_explained_and_independent_of_order(project: Project, block: int) -> None:
    for number in range(1000 + 20 * block, 1000 + 20 * block + 20):
        before = check(project, number)
        check_order(project, number, before)
        check_bystander(project, number, before)
