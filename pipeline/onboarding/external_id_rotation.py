"""Rotates a connection's external ID without a moment in which the role refuses."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.connections.editing import VERBATIM
from pipeline.connections.external_id import new_external_id
from pipeline.connections.models import AwsRoleConnection, Connection
from pipeline.connections.principal import Principal, parse_principal
from pipeline.connections.yaml_file import update_connection
from pipeline.directories.base import Directory
from pipeline.home import Home
from pipeline.onboarding import caller_identity, pending
from pipeline.onboarding.aws_role import external_id_of, role_of, taken
from pipeline.onboarding.connection_inventory import connected
from pipeline.onboarding.connection_test import ConnectionTestResult, quiet, test
from pipeline.onboarding.pending import Pending
from pipeline.onboarding.role_artifacts import ROLE_KINDS, write_files
from pipeline.problems import ConfigurationError, Problem
from pipeline.progress import Step
from pipeline.strict_yaml.files import read_file


@dataclass(frozen=True)
class Rotation:
    """How far it is: `tested` is None while the next external ID was only just made.

    `folder` holds the trust policy to apply now: with both external IDs before the switch, with one after it.
    """

    connection: AwsRoleConnection
    folder: Path
    tested: ConnectionTestResult | None = None

    @property
    def switched(self) -> bool:
        return self.tested is not None and self.tested.worth_saving


def rotate(
    home: Home,
    connections: Sequence[Connection],
    name: str,
    *,
    directory_of: Callable[[str], Directory],
    now: datetime,
    on_step: Callable[[Step], None] = quiet,
    principal: str = "",
    find_principal: Callable[[], Principal] = caller_identity.current_principal,
) -> Rotation:
    """Begin a rotation, or go on with the one that has begun: switch to the next external ID when the role accepts it.

    Until then the connection goes on with the old one, and a test that fails changes nothing.
    """
    connection = connected(home, connections, name)
    if not isinstance(connection, AwsRoleConnection):
        raise ConfigurationError(Problem.of("no_external_id", connection=name, kind=connection.kind))
    _refuse_variable(home, name)
    waiting = pending.find(home, name)
    if waiting is None:
        earlier, organization = _trusted_before(home, name)
        trusted = parse_principal(principal or earlier) if principal or earlier else find_principal()
        waiting = Pending(
            name=name,
            purpose="rotate",
            kind=connection.kind,
            external_id=new_external_id(taken(home, connections)),
            principal=trusted.arn,
            role_name=connection.arn.name,
            role_arn=connection.role_arn,
            organization_id=organization,
            created_at=now,
        )
        pending.keep(home, waiting)
        return Rotation(connection, _write(home, waiting, (external_id_of(connection), waiting.external_id)))
    tested = test(connection.model_copy(update={"external_id": waiting.secret}), directory_of(connection.kind), on_step)
    if not tested.worth_saving:
        return Rotation(connection, _write(home, waiting, (external_id_of(connection), waiting.external_id)), tested)
    update_connection(home, name, {"external_id": waiting.external_id})
    pending.drop(home, name)
    return Rotation(connection, _write(home, waiting, (waiting.external_id,)), tested)


def _refuse_variable(home: Home, name: str) -> None:
    """An external ID that comes from an environment variable is not ours to replace."""
    written = read_file(home.connections_file, VERBATIM).value["connections"]
    for item in written:
        if item["name"] == name and item["external_id"].startswith("${"):
            problem = Problem.of("external_id_elsewhere", connection=name, variable=item["external_id"])
            raise ConfigurationError(problem)


def _trusted_before(home: Home, name: str) -> tuple[str, str]:
    """Principal and organization of the trust policy that was written for this role; empty when there is none.

    A rotation changes the external ID and nothing else, whoever runs it.
    """
    try:
        policy = json.loads((home.exports / "connect" / name / "trust-policy.json").read_text(encoding="utf-8"))
        statement = policy["Statement"][0]
        condition = statement["Condition"]["StringEquals"]
        return str(statement["Principal"]["AWS"]), str(condition.get("aws:PrincipalOrgID", ""))
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return "", ""


def _write(home: Home, waiting: Pending, external_ids: tuple[str, ...]) -> Path:
    role = role_of(waiting, parse_principal(waiting.principal), external_ids)
    texts = ROLE_KINDS[waiting.kind].packet(role, region=caller_identity.configured_region())
    folder, _ = write_files(home.exports / "connect" / waiting.name, texts, caller_identity.emulated_endpoint())
    return folder
