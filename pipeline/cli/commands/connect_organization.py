"""`certify connect aws-org`: connects the accounts of an AWS organization."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli import progress, steps
from pipeline.cli.commands.connect_aws import PRINCIPAL
from pipeline.cli.invocation import Invocation
from pipeline.cli.output import Column
from pipeline.problems import ExitCode, Problem

if TYPE_CHECKING:
    from pipeline.onboarding.connection_test import ConnectionTestResult
    from pipeline.onboarding.organization import OrganizationSurvey

COLUMNS = (
    Column("account_id"),
    Column("account_name", may_wrap=True),
    Column("connection"),
    Column("state"),
    Column("detail", may_wrap=True),
)


def aws_org(
    invocation: Invocation,
    role_name: Annotated[
        str,
        typer.Option(
            "--role-name",
            "--role-name-pattern",
            metavar="TEXT",
            help="The role in every account; may hold {account_id}. Default: CertificationCenterReadOnly.",
            show_default=False,
        ),
    ] = "",
    name_pattern: Annotated[
        str, typer.Option(metavar="TEXT", help="Names of new connections, from {account_name} and {account_id}.")
    ] = "{account_name}",
    principal: PRINCIPAL = "",
    organization_id: Annotated[
        str,
        typer.Option(
            metavar="o-ID",
            help="Trust only callers from this organization. Default: this one, when the trusted principal is in it.",
            show_default=False,
        ),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where the files go. Default: exports/connect/aws-org in the home.", show_default=False
        ),
    ] = None,
) -> ExitCode:
    """Connect the accounts of an AWS organization: propose the new, test those with a role, save those that answer.

    Run it with credentials that may list the organization's accounts. The first run makes an external ID for each
    active account and the StackSet that rolls the role out. After the rollout run it again: what answers is saved, what
    does not is listed with the reason, and accounts that came in the meantime are proposed.

    \b
    Examples:
      certify connect aws-org
      certify connect aws-org --name-pattern "aws-{account_name}" --role-name "audit-{account_id}"
    """
    from pipeline.connections.yaml_file import load_connections
    from pipeline.demo.environment import reachable
    from pipeline.directories.registry import directory_for
    from pipeline.onboarding.organization import NamingPlan, look_around, try_and_save, write_packet
    from pipeline.settings import load_settings

    home = invocation.home
    home.ensure()
    connections = load_connections(home, invocation.environ)
    at_once = load_settings(home, invocation.environ).max_connections_at_once
    wanted = NamingPlan(role_name, name_pattern, organization_id)
    with reachable(home):
        found, plan = look_around(home, connections, wanted, principal=principal, now=invocation.now)
        with progress.shown(invocation.output) as tell:
            done: list[ConnectionTestResult] = []

            def note(tested: ConnectionTestResult) -> None:
                done.append(tested)
                tell("organization", "testing roles", len(done), len(found.earlier))

            tested = try_and_save(home, found, directory=directory_for("aws_iam"), at_once=at_once, on_done=note)
    folder, _ = write_packet(
        home, found.without({each.connection.name for each in tested if each.worth_saving}), plan, out
    )
    return _told(invocation, found, tested, folder)


def _told(
    invocation: Invocation, found: OrganizationSurvey, tested: Sequence[ConnectionTestResult], folder: Path
) -> ExitCode:
    rows = _rows(found, tested)
    problems = [problem for each in tested for problem in each.problems]
    code = _exit_code(found, tested)
    if invocation.output.json:
        by_name = {each.connection.name: steps.documents(each.steps) for each in tested}
        accounts = [{**row, "steps": by_name.get(str(row["connection"]), [])} for row in rows]
        counts = {
            state: sum(row["state"] == state for row in rows) for state in dict.fromkeys(row["state"] for row in rows)
        }
        return invocation.finish(
            {"accounts": accounts, "counts": counts, "folder": str(folder)}, problems=problems, code=code
        )
    invocation.output.table(COLUMNS, [list(row.values()) for row in rows])
    invocation.output.note(_next(found, tested, folder))
    return code


def _rows(found: OrganizationSurvey, tested: Sequence[ConnectionTestResult]) -> list[dict[str, Any]]:
    results = {each.connection.name: each for each in tested}
    rows = [_row(account, name, "connected", "") for account, name in found.connected]
    for each in found.waiting:
        result = results.get(each.pending.name)
        state, detail = "proposed", each.pending.role_arn
        if result is not None:
            state, detail = ("saved", "") if result.worth_saving else ("failed", _reason(result.problems))
        rows.append(_row(each.account, each.pending.name, state, detail))
    rows += [_row(account, "", "skipped", account.state) for account in found.inactive]
    return sorted(rows, key=lambda row: str(row["account_id"]))


def _row(account: Any, connection: str, state: str, detail: str) -> dict[str, Any]:
    return {
        "account_id": account.account_id,
        "account_name": account.name,
        "connection": connection,
        "state": state,
        "detail": detail,
    }


def _reason(problems: Sequence[Problem]) -> str:
    return problems[0].message if problems else ""


def _exit_code(found: OrganizationSurvey, tested: Sequence[ConnectionTestResult]) -> ExitCode:
    failed = [each for each in tested if not each.worth_saving]
    if not failed:
        return ExitCode.OK
    return ExitCode.PARTIAL if found.connected or len(failed) < len(tested) else ExitCode.CONNECTION


def _next(found: OrganizationSurvey, tested: Sequence[ConnectionTestResult], folder: Path) -> str:
    saved = [each.connection.name for each in tested if each.worth_saving]
    failed = len(tested) - len(saved)
    words = []
    if saved:
        words.append(f"{len(saved)} connected and saved. Next: certify sync")
    if found.fresh:
        words.append(
            f"{len(found.fresh)} proposed. Roll the role out with sh {folder / 'stackset.sh'} (README.txt beside it"
            " explains), then run `certify connect aws-org` again"
        )
    if failed:
        words.append(
            f"{failed} without a role that answers; they keep their external IDs, and sh {folder / 'stackset.sh'} may"
            " be run for them again"
        )
    return "\n".join(words) or "Every active account of the organization is connected."
