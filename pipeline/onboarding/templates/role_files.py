"""Renders the files for one role."""

from __future__ import annotations

import json
import shlex
import textwrap
from collections.abc import Mapping
from typing import Any

from pipeline.onboarding.templates.console import (
    create_stack_link,
    home_region,
    quick_create_link,
    roles_link,
    stack_name,
)
from pipeline.onboarding.templates.fill import fill, hcl_text, indented, json_list, yaml_text
from pipeline.onboarding.templates.policy import (
    MAX_SESSION_SECONDS,
    RoleToCreate,
    Size,
    caller_policy,
    key_policy,
    permission_policy,
    trust_policy,
)

SIZES: tuple[Size, ...] = ("managed", "recommended", "minimal")


def packet(
    role: RoleToCreate, *, purposes: Mapping[str, str], region: str = "", template_url: str = ""
) -> dict[str, str]:
    """File name to text. `purposes` says for each action what it is needed for."""
    region, command = region or home_region(role.partition), role.command
    documents = {"trust-policy.json": trust_policy(role)}
    for size in SIZES:
        documents[f"permission-policy-{size}.json"] = permission_policy(role.permissions, size)
    return {name: _json(document) for name, document in documents.items()} | {
        "role.cfn.yaml": cloudformation(role, command=command),
        "role.tf": terraform(role, command=command),
        "commands.sh": commands(role),
        "README.txt": readme(role, command=command, purposes=purposes, region=region, template_url=template_url),
    }


def cloudformation(role: RoleToCreate, *, command: str, with_external_id: bool = True) -> str:
    """A template for one stack; or, without an external ID, for a StackSet whose accounts each have their own."""
    current, following = (*role.external_ids, "")[:2] if with_external_id else ("", "")
    default = f"    Default: {yaml_text(current)}" if current else "    # no default: every account has its own"
    return fill(
        "role.cfn.yaml",
        command=command,
        principal=yaml_text(role.principal.arn),
        external_id_default=default,
        next_external_id=yaml_text(following),
        organization_id=yaml_text(role.organization_id),
        role_name=yaml_text(role.role_name),
        **_words(role),
        policy_name=role.subject.policy_name,
        managed_policies="\n          ".join(
            f"- !Sub arn:${{AWS::Partition}}:iam::aws:policy/{name}" for name in role.subject.managed
        ),
        max_session_seconds=MAX_SESSION_SECONDS,
        recommended_actions=json_list(role.permissions.actions("recommended"), 16),
        minimal_actions=json_list(role.permissions.actions("minimal"), 16),
        key_policy=_key_policy(role, CFN_KEY_POLICY, 8),
    )


def terraform(role: RoleToCreate, *, command: str) -> str:
    """One module of one file, for the account its aws provider is set to."""
    return fill(
        "role.tf",
        command=command,
        principal=hcl_text(role.principal.arn),
        external_ids=json_list(role.external_ids, 2),
        organization_id=hcl_text(role.organization_id),
        role_name=hcl_text(role.role_name),
        **_words(role),
        policy_name=hcl_text(role.subject.policy_name),
        managed_policies=json.dumps(role.subject.managed),
        max_session_seconds=MAX_SESSION_SECONDS,
        recommended_actions=json_list(role.permissions.actions("recommended"), 4),
        minimal_actions=json_list(role.permissions.actions("minimal"), 4),
        key_policy=_key_policy(role, TF_KEY_POLICY, 2),
    )


def commands(role: RoleToCreate) -> str:
    """A shell script of AWS CLI calls; it reads the JSON files beside it."""
    return fill(
        "commands.sh",
        role_name=shlex.quote(role.role_name),
        **_words(role),
        policy_name=shlex.quote(role.subject.policy_name),
        managed_policy_arns=shlex.join(role.managed_policy_arns),
        key_policy=_key_policy(role, CLI_KEY_POLICY, None),
        max_session_seconds=MAX_SESSION_SECONDS,
    )


def readme(
    role: RoleToCreate, *, command: str, purposes: Mapping[str, str], region: str, template_url: str = ""
) -> str:
    """What to do with the other files, for somebody who has never seen this program."""
    links = {
        "Quick create": quick_create_link(role, template_url, region) if template_url else "",
        "Console, CloudFormation": create_stack_link(role.partition, region),
        "Console, roles": roles_link(role.partition),
    }
    width = max(map(len, role.permissions.recommended), default=0)
    reads = [
        f"{action:<{width}}  {purposes.get(action, '')}".rstrip() for action in sorted(role.permissions.recommended)
    ]
    if role.permissions.key_statements:
        reads += ["", KEY_NOTE]
    return fill(
        "README.txt",
        command=command,
        connection=role.connection,
        role_name=role.role_name,
        principal=role.principal.arn,
        external_ids=" and, while it is being rotated, ".join(role.external_ids),
        organization=role.organization_id or "any (give --organization-id to allow only callers from yours)",
        stack_name=stack_name(role),
        overrides=f"ExternalId={role.external_ids[0]} NextExternalId={''.join(role.external_ids[1:])}",
        console_lines="".join(f"\n   {what + ':':<25}{link}" for what, link in links.items() if link),
        **_words(role),
        recommended=_paragraph(role.subject.recommended),
        minimal=_paragraph(f"{role.subject.minimal} What it cannot tell is reported as unknown."),
        managed_policy_arns=f"\n{' ' * 20}".join(role.managed_policy_arns),
        purposes=indented("\n".join(reads), 5),
        finish=f"{command} --role-arn arn:{role.partition}:iam::ACCOUNT_ID:role/{role.role_name}",
        caller_policy=indented(_json(caller_policy(role)), 2).rstrip(),
    )


KEY_NOTE = (
    "kms:Decrypt is allowed too, through Identity Center alone. It matters only where Identity Center is\n"
    "encrypted with a customer managed KMS key; the key's own policy must then allow it to this role as well."
)
CFN_KEY_POLICY = """
  KeyPolicy:
    Type: AWS::IAM::RolePolicy
    Properties:
      RoleName: !Ref Role
      PolicyName: {name}
      PolicyDocument:
{document}
"""
TF_KEY_POLICY = """
resource "aws_iam_role_policy" "key" {{
  name = {quoted}
  role = aws_iam_role.certification_center.id

  policy = jsonencode(
{document}
  )
}}
"""
CLI_KEY_POLICY = """
aws iam put-role-policy --role-name "$role" --policy-name {name} \\
  --policy-document {for_shell}
"""


def _key_policy(role: RoleToCreate, template: str, indent: int | None) -> str:
    """A policy of its own, so that AWS' managed ones are completed by it too; empty where no key is involved."""
    if not role.permissions.key_statements:
        return ""
    document, name = key_policy(role.permissions), f"{role.subject.policy_name}Key"
    return template.format(
        name=name,
        quoted=hcl_text(name),
        document=indented(json.dumps(document, indent=2), indent or 0),
        for_shell=shlex.quote(json.dumps(document, separators=(",", ":"))),
    )


def _words(role: RoleToCreate) -> dict[str, str]:
    """What every file says of the subject."""
    subject = role.subject
    return {
        "reads": subject.words,
        "place": subject.place,
        "sid": subject.sid,
        "managed": " and ".join(subject.managed),
        "minimal_hides": subject.minimal_hides,
    }


def _paragraph(text: str) -> str:
    """Continued below its first line, where the README's second column is."""
    return textwrap.fill(text, 120, initial_indent=" " * 20, subsequent_indent=" " * 20).lstrip()


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2) + "\n"
