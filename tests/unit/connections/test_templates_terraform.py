"""The Terraform module, checked without Terraform: its quoting, its nesting, and the names it uses."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.connections.principal import parse_principal
from pipeline.onboarding.templates.fill import hcl_text
from pipeline.onboarding.templates.policy import PermissionSizes, RoleToCreate
from pipeline.onboarding.templates.role_files import terraform

ONE, TWO = "cc-" + "0a" * 16, "cc-" + "1b" * 16
SIZES = PermissionSizes(recommended=["iam:ListUsers", "iam:GetAccountSummary"], minimal=["iam:ListUsers"])
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
PAIRS = {"{": "}", "[": "]", "(": ")"}


def module(
    principal: str = "arn:aws:iam::999988887777:role/hub", external_ids: tuple[str, ...] = (ONE,), **values: str
) -> str:
    made = RoleToCreate("production", parse_principal(principal), external_ids, SIZES, **values)
    return terraform(made, command="certify connect aws production")


def skeleton(text: str) -> str:
    """The module without comments and with every string emptied, but for interpolations, which are code."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return STRING.sub(
        lambda found: " ".join(re.findall(r"(?<!\$)\$\{([^}]*)\}", found.group())) or '""', "\n".join(lines)
    )


def block(text: str, opening: str) -> str:
    """What stands between the braces that `opening` opens."""
    start = text.index(opening) + len(opening)
    depth, end = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
    return text[start : end - 1]


def test_brackets_are_nested() -> None:
    expected = []
    for character in skeleton(module("arn:aws:iam::999988887777:role/a{b[c(/hub")):
        if character in PAIRS:
            expected.append(PAIRS[character])
        elif character in PAIRS.values():
            assert expected.pop() == character
    assert expected == []


def test_every_name_that_is_used_is_declared_and_every_variable_is_used() -> None:
    text = module()
    code = skeleton(text)
    declared = set(re.findall(r'^variable "(\w+)"', text, re.MULTILINE))
    used = set(re.findall(r"\bvar\.(\w+)", code))
    assert used == declared == {"trusted_principal", "external_ids", "organization_id", "role_name", "permissions"}
    resources = {f"{kind}.{name}" for kind, name in re.findall(r'^resource "(\w+)" "(\w+)"', text, re.MULTILINE)}
    data = {f"data.{kind}.{name}" for kind, name in re.findall(r'^data "(\w+)" "(\w+)"', text, re.MULTILINE)}
    references = set(re.findall(r"(?:data\.)?\baws_\w+\.\w+", code))
    assert references <= resources | data
    assert data <= references


def test_the_module_trusts_one_principal_with_the_external_id_only() -> None:
    trust = block(module(), 'data "aws_iam_policy_document" "trust" {')
    assert "identifiers = [var.trusted_principal]" in trust
    assert re.search(r'test += "StringEquals"\s+variable = "sts:ExternalId"\s+values += var.external_ids', trust)
    assert trust.count("statement {") == 1
    assert "max_session_duration = 3600" in module()


def test_defaults_are_the_connections_own_values() -> None:
    text = module(
        "arn:aws-us-gov:iam::999988887777:role/hub", (ONE, TWO), role_name="Read+Only=1", organization_id="o-a1b2c3d4e5"
    )
    assert 'default     = "arn:aws-us-gov:iam::999988887777:role/hub"' in block(text, 'variable "trusted_principal" {')
    assert re.findall(r'"(cc-\w+)"', block(text, 'variable "external_ids" {')) == [ONE, TWO]
    assert 'default     = "o-a1b2c3d4e5"' in block(text, 'variable "organization_id" {')
    assert 'default     = "Read+Only=1"' in block(text, 'variable "role_name" {')
    actions = block(text, "actions = {")
    assert re.findall(r'"(iam:\w+)"', actions) == ["iam:GetAccountSummary", "iam:ListUsers", "iam:ListUsers"]


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("plain", '"plain"'),
        ("${path.module}", '"$${path.module}"'),
        ("%{if x}", '"%%{if x}"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("a\nb", '"a\\nb"'),
    ],
)
def test_no_text_becomes_an_interpolation(text: str, quoted: str) -> None:
    assert hcl_text(text) == quoted


@given(st.text())
def test_any_text_stays_one_string_without_interpolation(text: str) -> None:
    quoted = hcl_text(text)
    assert STRING.fullmatch(quoted)
    assert not re.search(r"(?<!\$)(?:\$\$)*\$\{|(?<!%)(?:%%)*%\{", re.sub(r"\$\$\{|%%\{", "", quoted))
