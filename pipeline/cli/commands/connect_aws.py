"""`certify connect aws` and `certify connect rotate-external-id`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import steps
from pipeline.cli.choices import connection_names
from pipeline.cli.commands.connect_messages import next_steps, prepared_document, rotation_words, summary, verdict_words
from pipeline.cli.invocation import Invocation
from pipeline.problems import ExitCode

if TYPE_CHECKING:
    from pipeline.onboarding.connection_test import ConnectionTestResult
    from pipeline.onboarding.request import OnboardingRequest

ABOUT_TRUST = frozenset({"assume_role_denied", "external_id_not_enforced"})
"""Problems that a role with the trust policy we wrote does not have."""
NAME = Annotated[
    str, typer.Argument(metavar="NAME", help="Its name from now on: [a-z][a-z0-9-]{0,40}, directory_id in every table.")
]
PRINCIPAL = Annotated[
    str,
    typer.Option(
        metavar="ARN",
        help="The role or user that the new role trusts. Default: whom the current AWS credentials belong to.",
        show_default=False,
    ),
]


ROLE_ARN = Annotated[
    str, typer.Option(metavar="ARN", help="The role that was made: test it and save it.", show_default=False)
]
DISPLAY_NAME = Annotated[str, typer.Option(metavar="TEXT", help="What people call it.", show_default=False)]
ORGANIZATION_ID = Annotated[
    str,
    typer.Option(
        metavar="o-ID", help="Trust only callers from this organization (aws:PrincipalOrgID).", show_default=False
    ),
]
TEMPLATE_URL = Annotated[
    str,
    typer.Option(
        metavar="URL",
        help="Where role.cfn.yaml was uploaded to S3: gives a link to CloudFormation's filled-in form.",
        show_default=False,
    ),
]
UNPROVEN = Annotated[
    bool,
    typer.Option(
        "--accept-unproven-external-id",
        help="Save it while it is unproven that the role demands the external ID; a check fails until then.",
    ),
]
OUT = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Where the files go. Default: exports/connect/NAME in the home.", show_default=False
    ),
]


def aws(
    invocation: Invocation,
    name: NAME,
    role_arn: ROLE_ARN = "",
    display_name: DISPLAY_NAME = "",
    principal: PRINCIPAL = "",
    role_name: Annotated[
        str,
        typer.Option(
            metavar="TEXT", help="The role to make. Default: CertificationCenterReadOnly.", show_default=False
        ),
    ] = "",
    organization_id: ORGANIZATION_ID = "",
    template_url: TEMPLATE_URL = "",
    out: OUT = None,
    accept_unproven: UNPROVEN = False,
) -> ExitCode:
    """Connect an AWS account: make its external ID and the files for its administrator, then test and save its role.

    Nothing is changed in AWS. The external ID is made here at random and cannot be chosen; it stays the same until the
    connection is saved. A new connection only reads.

    \b
    Examples:
      certify connect aws production
      certify connect aws production --role-arn arn:aws:iam::111122223333:role/CertificationCenterReadOnly
    """
    from pipeline.onboarding.request import OnboardingRequest

    wish = OnboardingRequest(
        name,
        display_name=display_name,
        principal=principal,
        role_name=role_name,
        organization_id=organization_id,
        template_url=template_url,
        out=out,
        accepts_unproven=accept_unproven,
    )
    return wizard(invocation, wish, role_arn)


def wizard(invocation: Invocation, wish: OnboardingRequest, role_arn: str) -> ExitCode:
    """Without a role, the external ID and the files; with one, its test and the saved connection."""
    from pipeline.demo.environment import reachable

    invocation.home.ensure()
    with reachable(invocation.home):
        return _finished(invocation, wish, role_arn) if role_arn else _begun(invocation, wish)


def _begun(invocation: Invocation, wish: OnboardingRequest) -> ExitCode:
    from pipeline.connections.yaml_file import load_connections
    from pipeline.onboarding.aws_role import prepare

    made = prepare(invocation.home, load_connections(invocation.home, invocation.environ), wish, now=invocation.now)
    for warning in made.role.principal.warnings:
        invocation.output.warn(warning)
    if not invocation.output.json:
        invocation.output.data(summary(made))
        invocation.output.note(next_steps(made, wish.template_url))
    if invocation.may_ask and not invocation.output.json:
        pasted = _asked("Paste the role's ARN once it exists (or press Enter to finish later)")
        if pasted:
            return _finished(invocation, wish, pasted)
    return invocation.finish(prepared_document(made, wish.template_url))


def _finished(invocation: Invocation, wish: OnboardingRequest, role_arn: str) -> ExitCode:
    from pipeline.connections.yaml_file import load_connections
    from pipeline.directories.registry import directory_for
    from pipeline.onboarding.aws_role import complete, saves

    tested = complete(
        invocation.home,
        load_connections(invocation.home, invocation.environ),
        wish,
        role_arn,
        directory=directory_for(wish.kind),
        now=invocation.now,
        on_step=steps.step_printer(invocation.output),
    )
    return ended(invocation, tested, saved=saves(tested, wish))


def ended(invocation: Invocation, tested: ConnectionTestResult, *, saved: bool) -> ExitCode:
    """Say whether it was saved; offer the first sync on a terminal. A failed test has saved nothing."""
    from pipeline.onboarding.permission_summary import permission_summary

    name, judged = tested.connection.name, permission_summary(tested.steps)
    document = {"connection": name, "saved": saved, "steps": steps.documents(tested.steps)}
    document |= {
        "allowed_actions": judged.allowed,
        "asked_actions": judged.asked,
        "denied_actions": judged.denied,
        "not_judged": judged.hidden,
        "statement": judged.statement,
    }
    if judged.asked:
        invocation.output.note(verdict_words(judged))
    for problem in tested.problems:
        invocation.output.problem(problem)
    if not saved:
        kept = "; its external ID stays the same" if hasattr(tested.connection, "external_id") else ""
        invocation.output.note(f"'{name}' was not saved. Fix it and repeat the command{kept}.")
        policy = invocation.home.exports / "connect" / name / "trust-policy.json"
        if kept and policy.exists() and not {each.code for each in tested.problems}.isdisjoint(ABOUT_TRUST):
            invocation.output.note(f"The trust policy its role must have: {policy}")
        return invocation.finish(document, problems=tested.problems, code=ExitCode.CONNECTION)
    invocation.output.note(f"'{name}' is connected and saved in {invocation.home.connections_file}.")
    if invocation.may_ask and not invocation.output.json and typer.confirm("Read it now?", default=True, err=True):
        return _synced(invocation, name)
    invocation.output.note(f"Next: certify sync {name}")
    return invocation.finish(document)


def _synced(invocation: Invocation, name: str) -> ExitCode:
    from pipeline.cli.app import main

    return ExitCode(main(["--home", str(invocation.home.root), "sync", name]))


def _asked(question: str) -> str:
    return str(typer.prompt(question, default="", show_default=False, err=True)).strip()


def rotate_external_id(
    invocation: Invocation,
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="A connected AWS account or Identity Center.", autocompletion=connection_names
        ),
    ],
    principal: PRINCIPAL = "",
) -> ExitCode:
    """Replace a connection's external ID without a gap: run it, apply the new trust policy, run it again.

    The first run makes the next external ID and a trust policy that accepts both. The second switches over, if the role
    accepts the new one, and writes the trust policy without the old one. Until then nothing changes for syncs.
    """
    from pipeline.connections.yaml_file import load_connections
    from pipeline.demo.environment import reachable
    from pipeline.directories.registry import directory_for
    from pipeline.onboarding.external_id_rotation import rotate

    invocation.home.ensure()
    with reachable(invocation.home):
        done = rotate(
            invocation.home,
            load_connections(invocation.home, invocation.environ),
            name,
            directory_of=directory_for,
            now=invocation.now,
            on_step=steps.step_printer(invocation.output),
            principal=principal,
        )
    taken = done.tested.steps if done.tested else ()
    document = {
        "connection": name,
        "switched": done.switched,
        "folder": str(done.folder),
        "steps": steps.documents(taken),
    }
    if done.tested and not done.switched:
        for problem in done.tested.problems:
            invocation.output.problem(problem)
        invocation.output.note(rotation_words(done))
        return invocation.finish(document, problems=done.tested.problems, code=ExitCode.CONNECTION)
    invocation.output.note(rotation_words(done))
    return invocation.finish(document)
