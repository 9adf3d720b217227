"""The company's Identity Center: which groups reach which AWS account as what, and putting its users in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline.demo.company.accounts import ACCOUNTS, DATA, PRODUCTION, STAGING
from pipeline.demo.company.directories import ADMINISTRATORS
from pipeline.demo.company.logins import Login
from pipeline.demo.emulator import Emulator
from pipeline.demo.emulator.identity_center import IdentityCenter
from pipeline.directories.aws_identity_center.actions import CENTER_ACTIONS

MANAGEMENT, REGION, ROLE = "222200001111", "eu-west-1", "CertificationCenterDirectory"
ROLE_ARN = f"arn:aws:iam::{MANAGEMENT}:role/{ROLE}"
_EVERYWHERE = tuple(account.account_id for account in ACCOUNTS)
REACH = {
    ADMINISTRATORS: (("AdministratorAccess", _EVERYWHERE),),
    "Platform": (("PowerUserAccess", (PRODUCTION.account_id, STAGING.account_id)),),
    "Engineering": (("ReadOnlyAccess", (PRODUCTION.account_id,)), ("PowerUserAccess", (STAGING.account_id,))),
    "Data": (("DataScientist", (DATA.account_id,)),),
    "Security": (("SecurityAudit", _EVERYWHERE),),
}
"""Groups, and the permission sets they hold in accounts."""


def fill(aws: Emulator, logins: Sequence[Login], external_id: str, now: datetime) -> dict[str, str]:
    """Put the users in; gives their ids by name. The role that reads is in the organization's management account."""
    aws.account(MANAGEMENT).role(
        ROLE, external_id=external_id, trust_principal=aws.hub_arn, policy=sorted(CENTER_ACTIONS)
    )
    center = aws.identity_center(MANAGEMENT)
    for account in ACCOUNTS:
        center.account(account.account_id, account.display_name)
    ids = {login.name: _user(center, login, now) for login in logins}
    sets = {name: center.permission_set(name) for name in sorted({name for held in REACH.values() for name, _ in held})}
    for group, held in REACH.items():
        members = [ids[login.name] for login in logins if group in login.groups]
        group_id = center.group(group, members)
        for name, account_ids in held:
            for account_id in account_ids:
                center.assign(sets[name], account_id, group=group_id)
    for login in logins:
        for policy in login.policies:
            center.assign(sets[policy], PRODUCTION.account_id, user=ids[login.name])
    return ids


def _user(center: IdentityCenter, login: Login, now: datetime) -> str:
    card = login.card
    if card is None:
        raise ValueError(f"{login.name} is no user of Identity Center")
    enterprise = {"employeeNumber": card.employee_id, "department": card.department}
    return center.user(
        login.name,
        display_name=card.display_name,
        given_name=card.given_name,
        family_name=card.family_name,
        emails=[card.email] if card.email else [],
        title=card.title or None,
        status="ENABLED" if login.is_enabled else "DISABLED",
        created=now - timedelta(days=login.created),
        external_id=f"scim-{login.owner}" if card.email and login.owner else "",
        enterprise={name: value for name, value in enterprise.items() if value},
    )
