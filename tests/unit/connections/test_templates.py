"""The policies and the CloudFormation template: exact, narrow, and accepted by AWS' own linter."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest
from cfnlint import decode
from cfnlint.api import ManualArgs, lint

from pipeline.connections.principal import parse_principal
from pipeline.directories.aws_identity_center.actions import KEY_STATEMENTS
from pipeline.onboarding.role_artifacts import ROLE_KINDS
from pipeline.onboarding.templates.console import quick_create_link, roles_link
from pipeline.onboarding.templates.policy import (
    IDENTITY_CENTER,
    PermissionSizes,
    RoleToCreate,
    caller_policy,
    trust_policy,
)
from pipeline.onboarding.templates.role_files import cloudformation, packet
from pipeline.problems import ConfigurationError

ONE, TWO = "cc-" + "0a" * 16, "cc-" + "1b" * 16
SIZES = PermissionSizes(
    recommended=["iam:ListUsers", "iam:GetUser", "iam:GetAccountSummary"], minimal=["iam:ListUsers", "iam:GetUser"]
)
PURPOSES = {"iam:ListUsers": "which users exist", "iam:GetAccountSummary": "whether the list is complete"}


def role(principal: str = "arn:aws:iam::999988887777:role/hub", *external_ids: str, **values: str) -> RoleToCreate:
    return RoleToCreate("production", parse_principal(principal), external_ids or (ONE,), SIZES, **values)


def linted(template: str) -> list[str]:
    findings = lint(template, config=ManualArgs(regions=["us-east-1", "us-gov-west-1", "cn-north-1"]))
    return [f"{finding.rule.id} line {finding.linenumber}: {finding.message}" for finding in findings]


def test_trust_names_one_principal_and_requires_the_external_id() -> None:
    [statement] = trust_policy(role())["Statement"]
    assert statement == {
        "Sid": "CertificationCenterMayReadWithItsExternalId",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999988887777:role/hub"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": ONE}},
    }


def test_an_organization_narrows_the_trust_and_rotation_accepts_two_external_ids() -> None:
    [statement] = trust_policy(role("arn:aws:iam::999988887777:role/hub", ONE, TWO, organization_id="o-a1b2c3d4e5"))[
        "Statement"
    ]
    assert statement["Condition"] == {
        "StringEquals": {"sts:ExternalId": [ONE, TWO], "aws:PrincipalOrgID": "o-a1b2c3d4e5"}
    }


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_every_arn_lies_in_the_partition_of_the_principal(partition: str) -> None:
    files = packet(role(f"arn:{partition}:iam::999988887777:role/hub"), purposes=PURPOSES)
    assert f"arn:{partition}:iam::aws:policy/IAMReadOnlyAccess" in files["commands.sh"]
    others = {"aws", "aws-cn", "aws-us-gov"} - {partition}
    text = "".join(files.values())
    assert not [other for other in others if f"arn:{other}:" in text]


def test_permission_policies_come_in_three_sizes_that_only_read_iam() -> None:
    files = packet(role(), purposes=PURPOSES)
    allowed = {}
    for size in ("managed", "recommended", "minimal"):
        [statement] = json.loads(files[f"permission-policy-{size}.json"])["Statement"]
        assert (statement["Effect"], statement["Resource"]) == ("Allow", "*")
        allowed[size] = statement["Action"]
    assert allowed["recommended"] == ["iam:GetAccountSummary", "iam:GetUser", "iam:ListUsers"]
    assert allowed["minimal"] == ["iam:GetUser", "iam:ListUsers"]
    reads = ("iam:Get", "iam:List", "iam:Generate", "iam:Simulate")
    assert all(action.startswith(reads) for actions in allowed.values() for action in actions)


@pytest.mark.parametrize(
    ("external_ids", "organization"),
    list(product([(ONE,), (ONE, TWO)], ["", "o-a1b2c3d4e5"])),
    ids=lambda value: str(value)[:12],
)
def test_cloudformation_passes_its_linter(external_ids: tuple[str, ...], organization: str) -> None:
    made = role("arn:aws:iam::999988887777:role/eng/hub", *external_ids, organization_id=organization)
    assert linted(cloudformation(made, command="certify connect aws production")) == []


def test_an_identity_centers_template_passes_too_and_attaches_both_policies_of_aws() -> None:
    sizes = PermissionSizes(["sso:ListInstances", "identitystore:ListUsers"], ["sso:ListInstances"], IDENTITY_CENTER)
    made = RoleToCreate("workforce", parse_principal("arn:aws:iam::999988887777:role/hub"), (ONE,), sizes)
    text = cloudformation(made, command=made.command)
    assert linted(text) == []
    template, _ = decode.decode_str(text)
    managed = template["Resources"]["Role"]["Properties"]["ManagedPolicyArns"]["Fn::If"][1]
    assert [each["Fn::Sub"].rpartition("/")[2] for each in managed] == ["AWSSSOReadOnly", "AWSSSODirectoryReadOnly"]
    [statement] = template["Resources"]["ReadPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Sid"] == "CertificationCenterReadsIdentityCenter"
    assert "KeyPolicy" not in template["Resources"]
    assert "certify connect identity-center workforce" in text
    assert " IAM," not in text


def test_the_key_of_an_identity_center_may_be_used_whatever_the_size() -> None:
    sizes = ROLE_KINDS["aws_identity_center"].permissions
    made = RoleToCreate("workforce", parse_principal("arn:aws:iam::999988887777:role/hub"), (ONE,), sizes)
    files = packet(made, purposes={})
    assert linted(files["role.cfn.yaml"]) == []
    template, _ = decode.decode_str(files["role.cfn.yaml"])
    key = template["Resources"]["KeyPolicy"]
    assert "Condition" not in key, "AWS' own policies need it as much as ours"
    assert key["Properties"]["PolicyDocument"]["Statement"] == [*KEY_STATEMENTS]
    assert '"kms:ViaService": "identitystore.*.amazonaws.com"' in files["role.tf"]
    assert files["role.tf"].count("{") == files["role.tf"].count("}")
    for size in ("managed", "recommended", "minimal"):
        assert json.loads(files[f"permission-policy-{size}.json"])["Statement"][1:] == [*KEY_STATEMENTS]
    assert "kms:Decrypt is allowed too" in files["README.txt"]


def test_a_stack_set_template_has_no_external_id_of_its_own() -> None:
    template = cloudformation(role(), command="certify connect aws-org", with_external_id=False)
    assert linted(template) == []
    assert ONE not in template


def test_the_linter_would_notice_a_broken_template() -> None:
    template = cloudformation(role(), command="certify connect aws production")
    assert linted(template.replace("MaxSessionDuration: 3600", "MaxSessionDuration: 5"))
    assert linted(template.replace("!Ref TrustedPrincipal", "!Ref Nobody"))


def test_cloudformation_says_what_the_json_files_say() -> None:
    made = role("arn:aws:iam::999988887777:role/hub", ONE, TWO, organization_id="o-a1b2c3d4e5")
    template, errors = decode.decode_str(cloudformation(made, command="certify connect aws production"))
    assert not errors
    assert template["Parameters"]["TrustedPrincipal"]["Default"] == made.principal.arn
    assert [template["Parameters"][name]["Default"] for name in ("ExternalId", "NextExternalId")] == [ONE, TWO]
    assert template["Parameters"]["OrganizationId"]["Default"] == "o-a1b2c3d4e5"
    properties = template["Resources"]["Role"]["Properties"]
    assert properties["MaxSessionDuration"] == 3600
    condition = properties["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert list(condition) == ["StringEquals"]
    assert set(condition["StringEquals"]) == {"sts:ExternalId", "aws:PrincipalOrgID"}
    choice = template["Resources"]["ReadPolicy"]["Properties"]["PolicyDocument"]["Statement"][0]["Action"]["Fn::If"]
    assert choice == [
        "Minimal",
        ["iam:GetUser", "iam:ListUsers"],
        ["iam:GetAccountSummary", "iam:GetUser", "iam:ListUsers"],
    ]


def test_the_callers_own_permission_is_limited_to_that_role_name() -> None:
    [statement] = caller_policy(role())["Statement"]
    assert (statement["Action"], statement["Resource"]) == (
        "sts:AssumeRole",
        "arn:aws:iam::*:role/CertificationCenterReadOnly",
    )


def test_quick_create_link_fills_every_parameter_of_the_template() -> None:
    made = role("arn:aws-cn:iam::999988887777:role/hub", ONE, TWO, organization_id="o-a1b2c3d4e5")
    link = quick_create_link(made, "https://bucket.s3.cn-north-1.amazonaws.com.cn/role.cfn.yaml", "cn-north-1")
    assert link.startswith("https://console.amazonaws.cn/cloudformation/home?region=cn-north-1#/stacks/quickcreate?")
    parameters = {part.partition("=")[0] for part in link.partition("quickcreate?")[2].split("&")}
    template, _ = decode.decode_str(cloudformation(made, command=""))
    assert parameters == {"templateURL", "stackName"} | {
        f"param_{name}" for name in template["Parameters"] if name != "Permissions"
    }
    assert "param_TrustedPrincipal=arn%3Aaws-cn%3Aiam%3A%3A999988887777%3Arole%2Fhub" in link


@pytest.mark.parametrize("url", ["http://bucket/role.cfn.yaml", "role.cfn.yaml", "javascript:alert(1)", ""])
def test_quick_create_refuses_what_is_no_https_url(url: str) -> None:
    with pytest.raises(ConfigurationError, match="https"):
        quick_create_link(role(), url, "us-east-1")


def test_a_partition_without_a_public_console_gets_no_link() -> None:
    made = role("arn:aws-iso:iam::999988887777:role/hub")
    assert roles_link("aws-iso") == ""
    assert "Console" not in packet(made, purposes=PURPOSES)["README.txt"]


def test_the_readme_tells_each_action_and_its_purpose(tmp_path: Path) -> None:
    text = packet(role(), purposes=PURPOSES)["README.txt"]
    assert "iam:ListUsers          which users exist" in text
    assert f"--parameter-overrides ExternalId={ONE} NextExternalId=\n" in text
    assert "certify connect aws production --role-arn arn:aws:iam::ACCOUNT_ID:role/CertificationCenterReadOnly" in text
