"""Messages and JSON documents of `certify connect`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.onboarding.aws_role import PreparedRole
    from pipeline.onboarding.external_id_rotation import Rotation
    from pipeline.onboarding.permission_summary import PermissionSummary


def summary(made: PreparedRole) -> str:
    """The facts, for stdout."""
    from pipeline.onboarding.role_artifacts import emulated_words

    rows = {
        "external ID": made.pending.external_id,
        "trusts": made.role.principal.arn,
        "role to make": made.role.role_name,
        "files": str(made.folder),
    }
    warning = f"{emulated_words(made.endpoint)}\n" if made.endpoint else ""
    return warning + "".join(f"{what:<14}{value}\n" for what, value in rows.items())


def next_steps(made: PreparedRole, template_url: str) -> str:
    """The three steps that lead to a connection."""
    name, link = made.pending.name, console_url(made, template_url)
    again = "" if made.fresh else "The external ID is the one that was waiting already.\n"
    form = "filled-in form" if template_url else "upload role.cfn.yaml"
    cloudformation = f"{link}  ({form})" if link else "role.cfn.yaml"
    return f"""\
{again}Nothing has been changed in AWS. Next:
  1. Make the role, in {made.role.subject.place}, any one way:
       CloudFormation  {cloudformation}
       Terraform       {made.folder / "role.tf"}
       AWS CLI         sh {made.folder / "commands.sh"}
     README.txt beside them says what is granted, and why.
  2. Test it and save it:
       {made.role.command} --role-arn {example_arn(made)}
  3. Read it:
       certify sync {name}"""


def prepared_document(made: PreparedRole, template_url: str) -> dict[str, Any]:
    """The same for programs."""
    name = made.pending.name
    return {
        "connection": name,
        "kind": made.pending.kind,
        "saved": False,
        "emulated_endpoint": made.endpoint,
        "external_id": made.pending.external_id,
        "principal": made.role.principal.arn,
        "role_name": made.role.role_name,
        "organization_id": made.role.organization_id,
        "warnings": list(made.role.principal.warnings),
        "folder": str(made.folder),
        "files": [path.name for path in made.files],
        "console_url": console_url(made, template_url),
        "next": [
            f"sh {made.folder / 'commands.sh'}",
            f"{made.role.command} --role-arn {example_arn(made)}",
            f"certify sync {name}",
        ],
        "steps": [],
    }


def console_url(made: PreparedRole, template_url: str) -> str:
    """CloudFormation's filled-in form when the template is on S3, else its form for uploading one."""
    from pipeline.onboarding.templates.console import create_stack_link, home_region, quick_create_link

    region = made.region or home_region(made.role.partition)
    if template_url:
        return quick_create_link(made.role, template_url, region)
    return create_stack_link(made.role.partition, region)


def example_arn(made: PreparedRole) -> str:
    """What the ARN will look like."""
    return f"arn:{made.role.partition}:iam::ACCOUNT_ID:role/{made.role.role_name}"


def verdict_words(judged: PermissionSummary) -> str:
    """How much the role allows, what the rest hides, and the statement that shows it."""
    counted = f"{judged.allowed} of {judged.asked} actions allowed"
    if not judged.hidden:
        return f"{counted}; {judged.unneeded} more are not needed beside them." if judged.unneeded else f"{counted}."
    return "\n".join(
        [
            f"{counted}; not judged because of it:",
            *(f"  - {what}" for what in judged.hidden),
            "This statement in the role's permission policy closes the gap:",
            f"  {judged.statement}",
        ]
    )


def rotation_words(done: Rotation) -> str:
    """What is to be done next with a rotation."""
    name, policy = done.connection.name, done.folder / "trust-policy.json"
    apply = f"put {policy} on {done.connection.role_arn} (or run sh {done.folder / 'commands.sh'})"
    if done.switched:
        return f"'{name}' uses the new external ID from now on. To lock the old one out, {apply}."
    if done.tested:
        return (
            f"'{name}' goes on with the old external ID. Let the role accept both: {apply}; then repeat this command."
        )
    return f"The next external ID of '{name}' is made. Let the role accept both: {apply}; then repeat this command."
