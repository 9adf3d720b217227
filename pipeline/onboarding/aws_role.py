"""Connects a directory that is read through an AWS role: external ID, files for its administrator, test, entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.connections.arn import RoleArn
from pipeline.connections.external_id import is_ours, new_external_id
from pipeline.connections.models import AwsRoleConnection, Connection
from pipeline.connections.principal import Principal, parse_principal
from pipeline.connections.yaml_file import add_connections
from pipeline.directories.base import Directory
from pipeline.home import Home
from pipeline.onboarding import caller_identity, pending
from pipeline.onboarding.connection_test import ConnectionTestResult, quiet, test
from pipeline.onboarding.pending import Pending, checked_name
from pipeline.onboarding.request import OnboardingRequest, check_choices, refuse_placeless
from pipeline.onboarding.role_artifacts import ROLE_KINDS, write_files
from pipeline.onboarding.templates.policy import RoleToCreate
from pipeline.problems import ConfigurationError, ConnectionFailed, Problem
from pipeline.progress import Step


@dataclass(frozen=True)
class PreparedRole:
    """What was made for the administrator of the account. `fresh` when the external ID was made just now; `region` is
    where a stack would be made. `endpoint` is what stands in for AWS, empty when nothing does."""

    pending: Pending
    fresh: bool
    role: RoleToCreate
    folder: Path
    files: tuple[Path, ...]
    region: str
    endpoint: str = ""


def prepare(
    home: Home,
    connections: Sequence[Connection],
    wish: OnboardingRequest,
    *,
    now: datetime,
    find_principal: Callable[[], Principal] = caller_identity.current_principal,
) -> PreparedRole:
    """Make the external ID (or find the one that waits) and write the files. May be repeated: the external ID stays.

    Raises ConfigurationError for a name that is invalid or taken, and for unusable choices; ConnectionFailed when
    nobody said whom to trust and there are no credentials to tell.
    """
    refuse_taken(connections, checked_name(wish.name))
    check_choices(wish)
    earlier = _waiting(home, connections, wish)
    principal = parse_principal(wish.principal) if wish.principal else find_principal()
    waiting = Pending(
        name=wish.name,
        kind=wish.kind,
        external_id=earlier.external_id if earlier else new_external_id(taken(home, connections)),
        principal=principal.arn,
        role_name=wish.role_name or (earlier.role_name if earlier else wish.role_kind.subject.role_name),
        role_arn=earlier.role_arn if earlier else "",
        organization_id=wish.organization_id or (earlier.organization_id if earlier else ""),
        display_name=wish.display_name or (earlier.display_name if earlier else ""),
        region=wish.region or (earlier.region if earlier else ""),
        instance_arn=wish.instance_arn or (earlier.instance_arn if earlier else ""),
        created_at=earlier.created_at if earlier else now,
    )
    refuse_placeless(waiting)
    role = role_of(waiting, principal, (waiting.external_id,))
    region = caller_identity.configured_region()
    texts = wish.role_kind.packet(role, region=region, template_url=wish.template_url)
    pending.keep(home, waiting)
    endpoint = caller_identity.emulated_endpoint()
    folder, files = write_files(wish.out or home.exports / "connect" / wish.name, texts, endpoint)
    return PreparedRole(waiting, earlier is None, role, folder, files, region, endpoint)


def complete(
    home: Home,
    connections: Sequence[Connection],
    wish: OnboardingRequest,
    role_arn: str,
    *,
    directory: Directory,
    now: datetime,
    on_step: Callable[[Step], None] = quiet,
    find_principal: Callable[[], Principal] = caller_identity.current_principal,
) -> ConnectionTestResult:
    """Test the role with the external ID that waits for it, and save the connection when it is worth it.

    It is when every required step passed and the role refuses a missing or wrong external ID. A failed test saves
    nothing, and the external ID goes on waiting. Raises ConfigurationError for an ARN, name or
    account that cannot be connected, and ConnectionFailed when no external ID was waiting: it is made then, with its
    files, but a role cannot know it yet.
    """
    arn = RoleArn.parse(role_arn)
    refuse_taken(connections, checked_name(wish.name))
    check_choices(wish)
    earlier = _waiting(home, connections, wish)
    _refuse_second(connections, wish, arn.account_id, wish.region or (earlier.region if earlier else ""))
    if earlier is None:
        made = prepare(home, connections, _for_role(wish, arn), now=now, find_principal=find_principal)
        raise ConnectionFailed(_role_cannot_know(made, role_arn.strip()))
    chosen = {"region": wish.region, "instance_arn": wish.instance_arn}
    earlier = earlier.model_copy(update={key: value for key, value in chosen.items() if value})
    refuse_placeless(earlier)
    entry = new_entry(earlier, role_arn.strip(), wish.display_name)
    tested = test(as_connection(entry), directory, on_step)
    if saves(tested, wish):
        unproven = {} if tested.worth_saving else {"external_id_proven": False}
        add_connections(home, [{**entry, **unproven}])
        pending.drop(home, wish.name)
    return tested


def saves(tested: ConnectionTestResult, wish: OnboardingRequest) -> bool:
    """Whether a tested connection is kept: it is worth it, or its user accepts that the external ID is unproven."""
    return tested.worth_saving or (wish.accepts_unproven and tested.worth_saving_unproven)


def new_entry(waiting: Pending, role_arn: str, display_name: str = "") -> dict[str, str]:
    """What goes into connections.yaml; a new connection only reads."""
    title = display_name or waiting.display_name
    return {
        "name": waiting.name,
        **({"display_name": title} if title else {}),
        "kind": waiting.kind,
        "role_arn": role_arn,
        "external_id": waiting.external_id,
        **({"access_mode": "read_only"} if waiting.kind == "aws_iam" else {"region": waiting.region}),
        **({"instance_arn": waiting.instance_arn} if waiting.instance_arn else {}),
    }


def as_connection(entry: dict[str, str]) -> Connection:
    """The connection a new entry describes."""
    made: Connection = ROLE_KINDS[entry["kind"]].model.model_validate(entry)  # type: ignore[assignment]
    return made


def role_of(waiting: Pending, principal: Principal, external_ids: tuple[str, ...]) -> RoleToCreate:
    """The role its administrator is asked for."""
    return RoleToCreate(
        waiting.name,
        principal,
        external_ids,
        ROLE_KINDS[waiting.kind].permissions,
        role_name=waiting.role_name,
        organization_id=waiting.organization_id,
    )


def taken(home: Home, connections: Iterable[Connection]) -> set[str]:
    """Every external ID that is in use or waiting."""
    in_use = {external_id_of(each) for each in connections if isinstance(each, AwsRoleConnection)}
    return in_use | {each.external_id for each in pending.every(home)}


def external_id_of(connection: AwsRoleConnection) -> str:
    """The external ID in clear text, for AWS and for whoever asked to see it."""
    return connection.external_id.get_secret_value()


def _for_role(wish: OnboardingRequest, arn: RoleArn) -> OnboardingRequest:
    return wish if wish.role_name else replace(wish, role_name=arn.name)


def _role_cannot_know(made: PreparedRole, role_arn: str) -> Problem:
    return Problem.of(
        "external_id_not_in_role",
        connection=made.pending.name,
        role_arn=role_arn,
        trust_policy=made.folder / "trust-policy.json",
        commands=f"sh {made.folder / 'commands.sh'}",
    )


def refuse_taken(connections: Iterable[Connection], name: str) -> None:
    """ConfigurationError when a connection is called `name` already."""
    for each in connections:
        if each.name == name:
            what = f"{each.kind}, {getattr(each, 'role_arn', None) or getattr(each, 'path', '')}"
            raise ConfigurationError(Problem.of("connection_name_taken", name=name, what=what))


def _refuse_second(connections: Iterable[Connection], wish: OnboardingRequest, account_id: str, region: str) -> None:
    """The same account, or an Identity Center of the same account and region, is connected already."""
    for each in connections:
        if not isinstance(each, AwsRoleConnection) or (each.kind, each.account_id) != (wish.kind, account_id):
            continue
        if getattr(each, "region", "") == region and (getattr(each, "instance_arn", None) or "") == wish.instance_arn:
            raise ConfigurationError(
                Problem.of("account_connected_twice", connection=wish.name, account_id=account_id, other=each.name)
            )


def _waiting(home: Home, connections: Iterable[Connection], wish: OnboardingRequest) -> Pending | None:
    """What waits under that name; ConfigurationError when it is of another kind, or not to be trusted."""
    waiting = pending.find(home, wish.name)
    if waiting is None:
        return None
    if waiting.kind != wish.kind:
        what = f"{waiting.kind}, and waits for its role"
        raise ConfigurationError(Problem.of("connection_name_taken", name=wish.name, what=what))
    if not is_ours(waiting.external_id):
        file = pending.folder(home) / f"{waiting.name}.json"
        raise ConfigurationError(
            Problem.of("pending_unreadable", file=file, reason="the external ID was not made here")
        )
    for each in connections:
        if isinstance(each, AwsRoleConnection) and external_id_of(each) == waiting.external_id:
            raise ConfigurationError(
                Problem.of("external_id_reused", connection=waiting.name, other=each.name, file=home.connections_file)
            )
    return waiting
