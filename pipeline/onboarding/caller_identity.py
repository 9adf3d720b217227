"""Finds the caller identity the connector runs as, and the organization it can see."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from botocore.client import BaseClient
from botocore.config import Config

from pipeline.aws import errors
from pipeline.aws.endpoints import foreign_endpoint
from pipeline.aws.operation_allowlist import allow_only
from pipeline.aws.source_session import DEFAULT_REGION, new_session
from pipeline.connections.principal import Principal, parse_principal
from pipeline.onboarding.organization_accounts import OrganizationAccount, list_accounts
from pipeline.problems import ConnectionFailed, Problem
from pipeline.proxy import is_loopback

WHO_AM_I, MY_ROLE, ACCOUNTS = "sts:GetCallerIdentity", "iam:GetRole", "organizations:ListAccounts"
QUICK = Config(connect_timeout=5, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 3})
"""Somebody is waiting at a terminal."""
PATIENT = QUICK.merge(Config(retries={"mode": "standard", "total_max_attempts": 8}))
NOT_IN_ONE = "AWSOrganizationsNotInUseException"


def configured_region() -> str:
    """The region of AWS' environment or configuration, empty when there is none."""
    return os.environ.get("AWS_REGION") or new_session().get_config_variable("region") or ""


def emulated_endpoint() -> str:
    """The address that stands in for AWS here; empty when AWS itself is asked."""
    return foreign_endpoint(new_session(), configured_region() or "us-east-1")


def current_principal() -> Principal:
    """Whom a role must trust so that this program, with its present credentials, can assume it.

    The credentials of a role's session do not tell the role's path; it is asked for, and when that is denied
    `Principal.path_known` stays False. Raises ConnectionFailed without usable credentials, and ConfigurationError when
    they are somebody's no role should trust (the root user, a federated user).
    """
    try:
        identity = _client("sts", WHO_AM_I, QUICK).get_caller_identity()
    except errors.AWS_ERRORS as error:
        raise ConnectionFailed(_trouble(error)) from error
    principal = parse_principal(str(identity["Arn"]))
    return principal if principal.path_known else _with_path(principal)


def _with_path(principal: Principal) -> Principal:
    try:
        arn = str(_client("iam", MY_ROLE, QUICK).get_role(RoleName=principal.name)["Role"]["Arn"])
    except errors.AWS_ERRORS:  # not allowed to look at itself: the path stays unknown, and Principal.warnings says so
        return principal
    found = parse_principal(arn)
    return found if found.account_id == principal.account_id else replace(principal, path_known=False)


def organization_accounts(caller: Principal) -> list[OrganizationAccount]:
    """Every account of the caller's organization, whatever its state.

    Raises ConnectionFailed when it may not be listed, in part or at all: half a list would hide accounts.
    """
    try:
        client = _client("organizations", ACCOUNTS, PATIENT, region=DEFAULT_REGION.get(caller.partition, ""))
        return list(list_accounts(client))
    except errors.AWS_ERRORS as error:
        code = errors.code_of(error)
        if code in errors.DENIED:
            raise ConnectionFailed(Problem.of("organization_denied", action=ACCOUNTS, error_code=code)) from error
        if code == NOT_IN_ONE:
            problem = Problem.of("not_in_organization", account_id=caller.account_id, error_code=code)
            raise ConnectionFailed(problem) from error
        raise ConnectionFailed(_trouble(error)) from error


def _trouble(error: BaseException) -> Problem:
    known = errors.credentials_problem(error, "")
    detail, code = errors.message_of(error), errors.code_of(error)
    return known or Problem.of("aws_unreachable", error_code=code, detail=f"{code} {detail}".strip())


def _client(service: str, allowed: str, config: Config, region: str = "") -> BaseClient | Any:
    """A client of `service` that can do one thing only."""
    session, where = new_session(), region or configured_region() or "us-east-1"
    client = session.create_client(service, region_name=where, config=config)
    if is_loopback(urlsplit(client.meta.endpoint_url).hostname or ""):  # an emulator: no proxy is shown our calls to it
        client = session.create_client(service, region_name=where, config=config.merge(Config(proxies={})))
    allow_only(client.meta.events, {allowed})
    return client
