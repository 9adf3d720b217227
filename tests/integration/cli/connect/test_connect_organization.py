"""`certify connect aws-org`: proposed once, saved when the role answers, and new accounts noticed by the next run."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pipeline.connections.external_id import OURS
from pipeline.connections.yaml_file import add_connections, load_connections
from pipeline.demo.emulator import HUB_ACCOUNT, Emulator
from pipeline.home import Home
from pipeline.onboarding import pending
from tests.integration.cli.connect.organizations import MANAGEMENT, Organization, served
from tests.integration.cli.running import Ran

Certify = Callable[..., Ran]
ROLE = "CertificationCenterReadOnly"


@pytest.fixture
def organization(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Organization]:
    """43 accounts on three pages, two of them not active; the hub's and the management account among them."""
    made = Organization(aws.organization_id)
    made.add(MANAGEMENT, "Root of all")
    made.add(HUB_ACCOUNT, "Security tooling")
    for number in range(39):
        made.add(f"2{number:011d}", f"Team {number % 30}")
    made.add("300000000001", "Old", "SUSPENDED")
    made.add("300000000002", "Older", "PENDING_CLOSURE")
    with served(made) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ORGANIZATIONS", url)
        monkeypatch.setenv("CERTIFY_ALLOW_SERVICE_ENDPOINTS", "1")
        yield made


def organize(certify: Certify, *options: str) -> tuple[int, dict[str, Any], dict[str, dict[str, Any]]]:
    """Exit code, the whole document, and its accounts by id."""
    ran = certify("connect", "aws-org", "--json", *options)
    document = json.loads(ran.out)
    return ran.code, document, {each["account_id"]: each for each in document.get("accounts", [])}


def roll_out(aws: Emulator, home: Home, *but: str) -> list[str]:
    """Make the roles of accounts.csv, as the StackSet would; the accounts that got one."""
    with (home.exports / "connect" / "aws-org" / "accounts.csv").open() as file:
        assert file.readline().startswith("# EMULATED")
        rows = [row for row in csv.DictReader(file) if row["account_id"] not in but]
    for row in rows:
        account = aws.account(row["account_id"])
        account.user("somebody")
        account.role(row["role_arn"].rpartition("/")[2], trust_principal=aws.hub_arn, external_id=row["external_id"])
    return [row["account_id"] for row in rows]


def test_first_run_proposes_every_active_account_over_all_pages(
    certify: Certify, home: Home, organization: Organization
) -> None:
    code, document, accounts = organize(certify)
    assert code == 0
    assert organization.pages == [20, 20, 3]
    assert document["counts"] == {"proposed": 41, "skipped": 2}
    names = [each["connection"] for each in accounts.values() if each["connection"]]
    assert len(set(names)) == 41
    assert accounts["200000000030"]["connection"] == "team-0-200000000030"
    external_ids = {each.external_id for each in pending.every(home)}
    assert len(external_ids) == 41
    assert all(map(OURS.fullmatch, external_ids))
    assert not home.connections_file.exists()


def test_second_run_saves_what_answers_and_names_what_does_not(
    certify: Certify, home: Home, aws: Emulator, organization: Organization
) -> None:
    organize(certify)
    made = roll_out(aws, home, "200000000003", "200000000004")
    code, document, accounts = organize(certify)
    assert code == 5
    assert document["counts"] == {"saved": 39, "failed": 2, "skipped": 2}
    failed = accounts["200000000003"]
    assert failed["detail"].startswith("AccessDenied on AssumeRole")
    assert [step["outcome"] for step in failed["steps"]] == ["ok", "ok", "failed"]
    assert sorted(each.account_id for each in load_connections(home, {})) == sorted(made)  # type: ignore[union-attr]
    waiting = {each.name for each in pending.every(home)}
    assert waiting == {accounts[each]["connection"] for each in ("200000000003", "200000000004")}


def test_later_runs_leave_the_connected_alone_and_propose_only_what_is_new(
    certify: Certify, home: Home, aws: Emulator, organization: Organization
) -> None:
    organize(certify)
    roll_out(aws, home)
    organize(certify)
    before, calls = home.connections_file.read_text(), aws.log.count("sts:AssumeRole")
    organization.add("400000000000", "Team 1")
    code, document, accounts = organize(certify)
    assert (code, document["counts"]) == (0, {"connected": 41, "skipped": 2, "proposed": 1})
    assert accounts["400000000000"]["connection"] == "team-1-400000000000"
    assert home.connections_file.read_text() == before
    assert aws.log.count("sts:AssumeRole") == calls
    table = (home.exports / "connect" / "aws-org" / "accounts.csv").read_text().splitlines()[1:]
    assert [line.split(",")[0] for line in table] == ["account_id", "400000000000"]


def test_the_stack_set_gives_each_account_its_own_external_id_and_leaves_the_management_account_out(
    certify: Certify, home: Home, organization: Organization
) -> None:
    organize(certify, "--role-name-pattern", "reader-{account_id}")
    folder = home.exports / "connect" / "aws-org"
    deployed = [
        line.split() for line in (folder / "stackset.sh").read_text().splitlines() if line.startswith("deploy ")
    ]
    ids = {each.external_id: each for each in pending.every(home)}
    assert len(deployed) == 40
    for _, account_id, external_id, role in deployed:
        assert ids[external_id].role_arn == f"arn:aws:iam::{account_id}:role/{role}"
        assert role == f"reader-{account_id}"
    assert MANAGEMENT not in {account_id for _, account_id, _, _ in deployed}
    readme = (folder / "README.txt").read_text()
    assert f"RoleName=reader-{MANAGEMENT}" in readme
    template = (folder / "role.cfn.yaml").read_text()
    assert not any(external_id in template for external_id in ids)


def test_trust_is_narrowed_to_the_organization_when_the_hub_is_in_it(
    certify: Certify, home: Home, organization: Organization
) -> None:
    organize(certify)
    assert Counter(each.organization_id for each in pending.every(home)) == {organization.organization_id: 41}
    assert (
        f'Default: "{organization.organization_id}"'
        in (home.exports / "connect" / "aws-org" / "role.cfn.yaml").read_text()
    )


def test_an_account_connected_by_hand_is_not_proposed_again(
    certify: Certify, home: Home, organization: Organization
) -> None:
    role = "arn:aws:iam::200000000005:role/Other"
    add_connections(home, [{"name": "mine", "kind": "aws_iam", "role_arn": role, "external_id": "cc-mine"}])
    _, document, accounts = organize(certify)
    assert document["counts"]["connected"] == 1
    assert accounts["200000000005"] | {"steps": []} == {
        "account_id": "200000000005",
        "account_name": "Team 5",
        "connection": "mine",
        "state": "connected",
        "detail": "",
        "steps": [],
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [("AccessDeniedException", "organization_denied"), ("AWSOrganizationsNotInUseException", "not_in_organization")],
)
def test_accounts_that_cannot_be_listed_to_the_end_are_not_listed_at_all(
    certify: Certify, home: Home, organization: Organization, error: str, code: str
) -> None:
    organization.error, organization.fails_from = error, 1
    exit_code, document, _ = organize(certify)
    assert (exit_code, document["problems"][0]["code"]) == (4, code)
    assert pending.every(home) == []


def test_a_changed_role_name_reaches_the_accounts_that_wait(
    certify: Certify, home: Home, organization: Organization
) -> None:
    organize(certify)
    before = {each.name: each.external_id for each in pending.every(home)}
    organize(certify, "--role-name", "Reader")
    assert {each.name: each.external_id for each in pending.every(home)} == before
    assert {each.role_arn.rpartition("/")[2] for each in pending.every(home)} == {"Reader"}


def test_a_hostile_account_name_runs_in_no_spreadsheet_shell_or_terminal(
    certify: Certify, home: Home, organization: Organization
) -> None:
    organization.accounts = {"200000000000": ("=cmd|' /C calc'!A0\x1b[2J$(touch x)", "ACTIVE")}
    ran = certify("connect", "aws-org")
    assert "\x1b" not in ran.out + ran.err
    with (home.exports / "connect" / "aws-org" / "accounts.csv").open() as file:
        assert file.readline().startswith("# EMULATED")
        [row] = csv.DictReader(file)
    assert row["account_name"].startswith("'=")
    assert "touch" not in (home.exports / "connect" / "aws-org" / "stackset.sh").read_text()
