"""Whatever cannot be true of some accounts takes those accounts out of every verdict, and nothing else."""

from __future__ import annotations

from copy import deepcopy

from tests.integration.companies.compiled import Project
from tests.integration.dbt.raw_rows import Company, days_ago
from tests.integration.dbt.warehouses import SyncedWarehouse, Warehouse

FINDINGS = ("+all_findings", "+orphaned_accounts")
PRODUCTION = "production:AIDA111122223333"


def company() -> Company:
    """Ada's account is stale and hers; Bob's is stale and orphaned; a service is stale and unowned."""
    company = Company()
    hr = company.file()
    hr.person("E1", display_name="Ada Byron", given_name="Ada", family_name="Byron", email="ada@example.com")
    hr.person("E2", display_name="Zoe Quinn", given_name="Zoe", family_name="Quinn", email="zoe@example.com")
    account = company.aws()
    for name, tags in (("ada", {"email": "ada@example.com"}), ("bob", {}), ("zoe", {"email": "zoe@example.com"})):
        account.key(account.user(name, tags=tags), f"AKIA{name.upper()}", used=days_ago(700))
    return company


def verdicts(warehouse: Warehouse, name: str) -> dict[str, object]:
    """Everything said of one account of production."""
    where = f"account_key = '{PRODUCTION}{name}'"
    account = warehouse.one("inventory.accounts", where)
    identity = warehouse.one("identity.identity_accounts", where)
    reasons = "select reason from findings.{table} where {where}"
    return {
        "activity": account["activity"],
        "identity": (identity["status"], identity["identity_id"], identity["unknown_reason"]),
        "findings": {
            row["finding_type"]
            for row in warehouse.all(f"select finding_type from findings.all_findings where {where}")
        },
        "unknown": {
            table: [row["reason"] for row in warehouse.all(reasons.format(table=table, where=where))]
            for table in ("unknown_activity", "unknown_ownership")
        },
    }


def quarantined(check: str) -> dict[str, object]:
    reason = f"self_check: {check}"
    return {
        "activity": "unknown",
        "identity": ("unknown", None, reason),
        "findings": set(),
        "unknown": {"unknown_activity": [reason], "unknown_ownership": [reason]},
    }


def failures(warehouse: Warehouse) -> set[tuple[str, str]]:
    rows = warehouse.all("select account_key, check_name from operations.self_check_failures")
    return {(row["account_key"], row["check_name"]) for row in rows}


def test_a_rule_that_is_broken_costs_the_accounts_it_touches_and_the_rest_is_published(compiled: Project) -> None:
    nodes = deepcopy(compiled.nodes)
    [evidence] = (node for node in nodes if node.name == "int_identity_evidence")
    head, final, rest = str(evidence.compiled_code).rpartition("\ngroup by")
    evidence.compiled_code = f"{head}\nwhere unioned.account_key not like '%ADA'{final}{rest}"
    fresh = Warehouse(Project(nodes)).build(company())
    assert failures(fresh) == {(f"{PRODUCTION}ADA", "assignment_is_explained")}
    assert verdicts(fresh, "ADA") == quarantined("assignment_is_explained")
    assert verdicts(fresh, "BOB")["findings"] == {"orphaned_account", "stale_account", "stale_credential"}
    assert verdicts(fresh, "ZOE")["findings"] == {"stale_account", "stale_credential"}


def test_a_finding_known_before_stays_open_while_its_account_is_in_quarantine(synced: SyncedWarehouse) -> None:
    synced.build(company(), *FINDINGS)
    broken = company()
    broken.decision("d-1", "kind", f"{PRODUCTION}BOB", "human")
    broken.decision("d-2", "kind", f"{PRODUCTION}BOB", "service")
    synced.build(broken, *FINDINGS)
    states = synced.all(f"select status, coverage from findings.all_findings where account_key = '{PRODUCTION}BOB'")
    assert states == [{"status": "open", "coverage": "none"}] * 3
    assert not synced.all(f"select * from findings.orphaned_accounts where account_key = '{PRODUCTION}BOB'")


def test_contradicting_decisions_cost_their_accounts_alone(warehouse: Warehouse) -> None:
    decided = company()
    decided.decision("d-1", "kind", f"{PRODUCTION}BOB", "human")
    decided.decision("d-2", "kind", f"{PRODUCTION}BOB", "service")
    warehouse.build(decided)
    assert warehouse.status("assert_decisions_agree") == "warn"
    assert verdicts(warehouse, "BOB") == quarantined("decisions_agree")
    assert verdicts(warehouse, "ZOE")["findings"] == {"stale_account", "stale_credential"}


def test_a_link_that_ties_two_people_of_the_roster_costs_both_and_what_they_hold(warehouse: Warehouse) -> None:
    decided = company()
    decided.decision("d-1", "link", f"{PRODUCTION}BOB", "people:E1")
    decided.decision("d-2", "link", f"{PRODUCTION}BOB", "people:E2")
    warehouse.build(decided)
    assert {name for name in ("ADA", "BOB", "ZOE") if verdicts(warehouse, name)["activity"] == "unknown"} >= {"BOB"}
    assert {key for key, _ in failures(warehouse)} >= {"people:E1", "people:E2", f"{PRODUCTION}BOB"}
    assert not warehouse.all("select * from findings.orphaned_accounts")


def test_rows_that_a_directory_repeats_are_one_and_contradicting_ones_cost_their_account(warehouse: Warehouse) -> None:
    repeating = company()
    for table in ("aws_iam_users", "aws_iam_login_profiles", "aws_iam_access_keys", "aws_iam_account"):
        if table != "aws_iam_account":
            repeating.rows[table] += [dict(row) for row in repeating.rows[table]]
    for row in repeating.rows["aws_iam_access_keys"]:
        if row["access_key_id"] == "AKIABOB":
            row["status"] = "Inactive"
            break
    warehouse.build(repeating)
    assert failures(warehouse) == {(f"{PRODUCTION}BOB", "directory_lists_it_once")}
    assert verdicts(warehouse, "BOB") == quarantined("directory_lists_it_once")
    assert verdicts(warehouse, "ZOE")["findings"] == {"stale_account", "stale_credential"}


def test_two_names_of_one_right_do_not_keep_everything_back(warehouse: Warehouse) -> None:
    company_ = company()
    company_._connect("okta", "scim", None, is_authoritative=False)
    attempt = company_.attempt("okta", "scim")
    leading = {name: attempt[name] for name in ("directory_id", "snapshot_id", "as_of")}
    for native_id in ("u1", "u2"):
        company_.rows["scim_accounts"].append(
            {**leading, "native_id": native_id, "username": native_id, "attributes": "{}", "known_fields": "[]"}
        )
    for account, name in (("u1", "Admin"), ("u1", "Administrator"), ("u2", "Admin"), ("u2", "Admin")):
        right = {"entitlement_id": "admin", "entitlement_name": name, "entitlement_type": "role"}
        company_.rows["scim_entitlements"].append(
            {**leading, "account_native_id": account, **right, "granted_through": "direct"}
        )
    warehouse.build(company_)
    assert failures(warehouse) == {("okta:u1", "directory_lists_it_once")}
    names = warehouse.by("account_key", "inventory.entitlements where directory_id = 'okta'", "policy_name")
    assert names == {"okta:u1": "Admin / Administrator", "okta:u2": "Admin"}


def test_the_account_that_a_person_outside_the_roster_is_known_by_explains_itself(warehouse: Warehouse) -> None:
    """An Okta account without employee number founds a person, and proven user names give an AWS account to them."""
    met = Company()
    hr = met.file()
    okta = met.file("okta", authoritative=False)
    account = met.aws()
    for number in range(12):
        given, family = f"Given{'abcdefghijkl'[number]}", f"Family{'abcdefghijkl'[number]}"
        facts = {"given_name": given, "family_name": family, "email": f"{given}.{family}@example.com"}
        if number:
            hr.person(f"E{number}", employee_id=f"E{number}", **facts)
        login = f"u{100 + number}x"
        known = {"employee_id": f"E{number}"} if number else {}
        okta.person(f"o{number}", username=login, display_name=f"{given} {family}", **facts, **known)
        account.user(login, login={}, tags={"email": f"{given}.{family}@example.com"} if number else {})
    warehouse.build(met)
    assert failures(warehouse) == set()
    founder = warehouse.one("identity.identity_accounts", "account_key = 'okta:o0'")
    attracted = warehouse.one("identity.identity_accounts", f"account_key = '{PRODUCTION}U100X'")
    assert (founder["status"], attracted["status"]) == ("assigned", "assigned")
    assert founder["identity_id"] == attracted["identity_id"]
    assert warehouse.one("identity.match_evidence", "account_key = 'okta:o0'")["rule"] == "founding_account"
