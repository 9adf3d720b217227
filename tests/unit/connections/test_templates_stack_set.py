"""The StackSet's files: a template its linter accepts, and a script that gives each account its own external ID."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from cfnlint.api import ManualArgs, lint

from pipeline.connections.principal import parse_principal
from pipeline.onboarding.templates.policy import PermissionSizes, RoleToCreate
from pipeline.onboarding.templates.stack_set import Deployment, stack_set_packet

IDS = {f"{number}{'0' * 11}": f"cc-{number:032x}" for number in (1, 2, 3)}
ROLE = "Reader's role;$(id)"
AWS = """#!{python}
import json, os, sys
words = sys.argv[1:]
with open(os.environ["CALLS"], "a") as log:
    log.write(json.dumps(words) + "\\n")
if words[1] == "list-roots":
    print("r-abcd")
if words[1] == "describe-stack-set" and not os.environ.get("EXISTS"):
    sys.exit("StackSetNotFoundException")
"""


def files() -> dict[str, str]:
    sizes = PermissionSizes(recommended=["iam:ListUsers", "iam:GetUser"], minimal=["iam:ListUsers"])
    role = RoleToCreate("aws-org", parse_principal("arn:aws-cn:iam::999988887777:role/hub"), (), sizes)
    deployments = [
        Deployment(
            account_id,
            f"Team {account_id[0]}",
            "x",
            f"arn:aws-cn:iam::{account_id}:role/{ROLE}",
            external_id,
            account_id[0] == "3",
        )
        for account_id, external_id in IDS.items()
    ]
    return stack_set_packet(role, deployments, purposes={"iam:GetUser": "tags"})


def calls(folder: Path, **environ: str) -> list[list[str]]:
    for name, text in files().items():
        (folder / name).write_text(text)
    (folder / "bin").mkdir(exist_ok=True)
    aws = folder / "bin" / "aws"
    aws.write_text(AWS.format(python=sys.executable))
    aws.chmod(0o700)
    environment = {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "CALLS": str(folder / "calls"), **environ}
    subprocess.run(["sh", str(folder / "stackset.sh")], env=environment, cwd="/", check=True, capture_output=True)
    return [json.loads(line) for line in (folder / "calls").read_text().splitlines()]


def test_the_template_passes_its_linter() -> None:
    assert lint(files()["role.cfn.yaml"], config=ManualArgs(regions=["cn-north-1"])) == []


def test_one_set_and_a_deployment_with_its_own_external_id_for_each_member_account(tmp_path: Path) -> None:
    made = calls(tmp_path)
    assert [words[1] for words in made] == [
        "list-roots",
        "describe-stack-set",
        "create-stack-set",
        *["create-stack-instances"] * 2,
    ]
    [parameters] = [words[words.index("--parameters") + 1] for words in made if "--parameters" in words]
    assert not any(external_id in parameters for external_id in IDS.values())
    for words, (account_id, external_id) in zip(made[3:], IDS.items(), strict=False):
        target = words[words.index("--deployment-targets") + 1]
        assert target == f"OrganizationalUnitIds=r-abcd,Accounts={account_id},AccountFilterType=INTERSECTION"
        overrides = words[words.index("--parameter-overrides") + 1 :][:2]
        assert overrides == [
            f"ParameterKey=ExternalId,ParameterValue={external_id}",
            f"ParameterKey=RoleName,ParameterValue={ROLE}",
        ]
        assert words[words.index("--regions") + 1] == "cn-north-1"


def test_a_set_that_exists_is_not_made_again_and_a_delegated_administrator_may_run_it(tmp_path: Path) -> None:
    made = calls(tmp_path, EXISTS="yes", CALL_AS="DELEGATED_ADMIN", ROOT_OR_OU="ou-1", AWS_REGION="cn-northwest-1")
    assert [words[1] for words in made] == ["describe-stack-set", *["create-stack-instances"] * 2]
    assert all(words[words.index("--call-as") + 1] == "DELEGATED_ADMIN" for words in made)
    assert all(words[words.index("--region") + 1] == "cn-northwest-1" for words in made)
    assert "OrganizationalUnitIds=ou-1," in " ".join(made[1])


def test_the_management_account_gets_a_stack_of_its_own() -> None:
    readme = files()["README.txt"]
    assert f"ExternalId={IDS['300000000000']}" in readme
    assert f"ExternalId={IDS['100000000000']}" not in readme
