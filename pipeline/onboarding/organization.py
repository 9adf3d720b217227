"""Connects the accounts of an AWS organization, new ones included."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.connections.arn import RoleArn
from pipeline.connections.external_id import new_external_id
from pipeline.connections.models import AwsIamConnection, Connection
from pipeline.connections.principal import Principal, parse_principal
from pipeline.connections.yaml_file import add_connections
from pipeline.directories.base import Directory
from pipeline.home import Home
from pipeline.onboarding import caller_identity, pending
from pipeline.onboarding.aws_role import as_connection, new_entry, taken
from pipeline.onboarding.connection_test import ConnectionTestResult, test_many
from pipeline.onboarding.organization_accounts import (
    ROLE_NAME,
    ConnectionProposal,
    OrganizationAccount,
    active,
    propose,
)
from pipeline.onboarding.pending import Pending
from pipeline.onboarding.role_artifacts import ROLE_KINDS, write_files
from pipeline.onboarding.templates.policy import IAM, RoleToCreate
from pipeline.onboarding.templates.stack_set import Deployment, stack_set_packet

PACKET = "aws-org"
KIND = ROLE_KINDS["aws_iam"]


@dataclass(frozen=True)
class NamingPlan:
    """How roles and connections are called; places in braces as `connections.organization.propose` says.

    An empty `role_name` leaves the roles of waiting accounts as they were, and gives new ones the default.
    """

    role_name: str = ""
    names: str = "{account_name}"
    organization_id: str = ""


@dataclass(frozen=True)
class PendingAccount:
    """An account with an external ID that waits for its role. `fresh` when it was made in this run."""

    account: OrganizationAccount
    pending: Pending
    fresh: bool


@dataclass(frozen=True)
class OrganizationSurvey:
    """The organization as it stands: every account is in exactly one of these."""

    principal: Principal
    connected: tuple[tuple[OrganizationAccount, str], ...]
    waiting: tuple[PendingAccount, ...]
    inactive: tuple[OrganizationAccount, ...]

    def without(self, names: Collection[str]) -> OrganizationSurvey:
        """The same but for the waiting ones of these names."""
        return replace(self, waiting=tuple(each for each in self.waiting if each.pending.name not in names))

    @property
    def fresh(self) -> list[PendingAccount]:
        return [each for each in self.waiting if each.fresh]

    @property
    def earlier(self) -> list[PendingAccount]:
        return [each for each in self.waiting if not each.fresh]


def look_around(
    home: Home,
    connections: Sequence[Connection],
    plan: NamingPlan,
    *,
    principal: str = "",
    now: datetime,
) -> tuple[OrganizationSurvey, NamingPlan]:
    """Ask AWS for the organization's accounts and `survey` them; the plan with the organization's id filled in.

    It is filled in when the trusted principal's account is one of them: then nobody outside it needs to be trusted.
    """
    found = caller_identity.current_principal()
    trusted = parse_principal(principal) if principal else found
    accounts = caller_identity.organization_accounts(found)
    inside = [each.organization_id for each in accounts if each.account_id == trusted.account_id]
    plan = replace(plan, organization_id=plan.organization_id or next(iter(inside), ""))
    return survey(home, connections, plan, accounts=accounts, principal=trusted, now=now), plan


def survey(
    home: Home,
    connections: Sequence[Connection],
    plan: NamingPlan,
    *,
    accounts: Sequence[OrganizationAccount],
    principal: Principal,
    now: datetime,
) -> OrganizationSurvey:
    """Sort the accounts, and give each new one a name and an external ID that waits for its role."""
    readable, inactive = active(accounts)
    names = {each.account_id: each.name for each in connections if isinstance(each, AwsIamConnection)}
    before = {RoleArn.parse(each.role_arn).account_id: each for each in _waiting_roles(home)}
    unnamed = [each for each in readable if each.account_id not in names and each.account_id not in before]
    used_names = {each.name for each in connections} | {each.name for each in pending.every(home)}
    proposals = propose(
        unnamed,
        partition=principal.partition,
        role=plan.role_name or IAM.role_name,
        names=plan.names,
        taken=used_names,
    )
    fresh = _make_pending(home, connections, proposals, plan, principal, now)
    earlier = [
        PendingAccount(each, _renamed(home, before[each.account_id], each, plan, principal.partition), False)
        for each in readable
        if each.account_id in before
    ]
    connected = [(each, names[each.account_id]) for each in readable if each.account_id in names]
    waiting = sorted([*earlier, *fresh], key=lambda each: each.account.account_id)
    return OrganizationSurvey(principal, tuple(connected), tuple(waiting), tuple(inactive))


def write_packet(
    home: Home, found: OrganizationSurvey, plan: NamingPlan, out: Path | None = None
) -> tuple[Path, tuple[Path, ...]]:
    """The StackSet's template, its script and accounts.csv, for every account that waits; the folder and the files."""
    role = RoleToCreate(
        PACKET,
        found.principal,
        (),
        KIND.permissions,
        role_name=plan.role_name if ROLE_NAME.fullmatch(plan.role_name) else IAM.role_name,
        organization_id=plan.organization_id,
    )
    deployments = [
        Deployment(
            each.account.account_id,
            each.account.name,
            each.pending.name,
            each.pending.role_arn,
            each.pending.external_id,
            is_management=each.account.account_id == each.account.management_account_id,
        )
        for each in found.waiting
    ]
    texts = stack_set_packet(role, deployments, purposes=KIND.purposes, region=caller_identity.configured_region())
    return write_files(out or home.exports / "connect" / PACKET, texts, caller_identity.emulated_endpoint())


def try_and_save(
    home: Home,
    found: OrganizationSurvey,
    *,
    directory: Directory,
    at_once: int,
    on_done: Callable[[ConnectionTestResult], None],
) -> list[ConnectionTestResult]:
    """Test the accounts that waited before this run, side by side, and save those that answer, all in one write.

    The fresh ones are left alone: no role can know an external ID that was made a second ago.
    """
    entries = {each.pending.name: new_entry(each.pending, each.pending.role_arn) for each in found.earlier}
    connections = [as_connection(entry) for entry in entries.values()]
    tested = test_many(connections, directory, at_once=at_once, on_done=on_done)
    good = [each.connection.name for each in tested if each.worth_saving]
    if good:
        add_connections(home, [entries[name] for name in good])
    for name in good:
        pending.drop(home, name)
    return tested


def _renamed(home: Home, waiting: Pending, account: OrganizationAccount, plan: NamingPlan, partition: str) -> Pending:
    """The same with the role that was asked for in this run, when one was."""
    if not plan.role_name:
        return waiting
    [wanted] = propose([account], partition=partition, role=plan.role_name, names=plan.names, taken=())
    name = RoleArn.parse(wanted.role_arn).name
    if name == waiting.role_name:
        return waiting
    changed = waiting.model_copy(update={"role_name": name, "role_arn": wanted.role_arn})
    pending.keep(home, changed)
    return changed


def _waiting_roles(home: Home) -> list[Pending]:
    return [
        each for each in pending.every(home) if each.purpose == "connect" and each.kind == KIND.kind and each.role_arn
    ]


def _make_pending(
    home: Home,
    connections: Sequence[Connection],
    proposals: Sequence[ConnectionProposal],
    plan: NamingPlan,
    principal: Principal,
    now: datetime,
) -> list[PendingAccount]:
    used = taken(home, connections)
    made = []
    for proposal in proposals:
        waiting = Pending(
            name=proposal.name,
            external_id=new_external_id(used),
            principal=principal.arn,
            role_name=RoleArn.parse(proposal.role_arn).name,
            role_arn=proposal.role_arn,
            organization_id=plan.organization_id,
            display_name=proposal.account.name,
            created_at=now,
        )
        used.add(waiting.external_id)
        pending.keep(home, waiting)
        made.append(PendingAccount(proposal.account, waiting, True))
    return made
