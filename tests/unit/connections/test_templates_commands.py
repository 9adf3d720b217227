"""The shell script, run by a real shell against an `aws` that writes down what it is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.connections.principal import parse_principal
from pipeline.onboarding.templates.policy import IDENTITY_CENTER, PermissionSizes, RoleToCreate
from pipeline.onboarding.templates.role_files import packet

ONE = "cc-" + "0a" * 16
SIZES = PermissionSizes(recommended=["iam:ListUsers", "iam:GetAccountSummary"], minimal=["iam:ListUsers"])
AWS = """#!{python}
import json, os, sys
words = sys.argv[1:]
with open(os.environ["CALLS"], "a") as log:
    log.write(json.dumps(words) + "\\n")
if words[:2] == ["iam", "get-role"]:
    sids = os.environ["EXISTING"]
    if "Role.Arn" in words:
        print("arn:aws:iam::111122223333:role/made")
    elif sids:
        print(sids)
    else:
        sys.exit("NoSuchEntity")
"""


def run(
    folder: Path,
    *arguments: str,
    existing: str = "",
    role_name: str = "CertificationCenterReadOnly",
    sizes: PermissionSizes = SIZES,
    **environ: str,
) -> tuple[int, str, list[list[str]]]:
    """Exit code, standard output and the calls of commands.sh, run from somewhere else."""
    made = RoleToCreate(
        "production", parse_principal("arn:aws:iam::999988887777:role/hub"), (ONE,), sizes, role_name=role_name
    )
    (folder / "bin").mkdir(exist_ok=True)
    aws = folder / "bin" / "aws"
    aws.write_text(AWS.format(python=sys.executable))
    aws.chmod(0o700)
    for name, text in packet(made, purposes={}).items():
        (folder / name).write_text(text)
    calls = folder / "calls"
    calls.unlink(missing_ok=True)
    environment = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "CALLS": str(calls),
        "EXISTING": existing,
        **environ,
    }
    done = subprocess.run(
        ["sh", str(folder / "commands.sh"), *arguments],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    return (
        done.returncode,
        done.stdout.strip(),
        [json.loads(line) for line in calls.read_text().splitlines()] if calls.exists() else [],
    )


def option(words: Sequence[str], name: str) -> str:
    return words[words.index(name) + 1]


def test_a_new_role_gets_the_trust_policy_and_the_recommended_reads(tmp_path: Path) -> None:
    code, printed, calls = run(tmp_path)
    assert (code, printed) == (0, "arn:aws:iam::111122223333:role/made")
    assert [words[1] for words in calls] == ["get-role", "create-role", "put-role-policy", "get-role"]
    assert option(calls[1], "--assume-role-policy-document") == "file://trust-policy.json"
    assert option(calls[1], "--max-session-duration") == "3600"
    assert option(calls[2], "--policy-document") == "file://permission-policy-recommended.json"


@pytest.mark.parametrize(
    ("size", "operation", "name", "value"),
    [
        ("minimal", "put-role-policy", "--policy-document", "file://permission-policy-minimal.json"),
        ("managed", "attach-role-policy", "--policy-arn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess"),
    ],
)
def test_the_size_of_the_permissions_is_chosen_by_word(
    tmp_path: Path, size: str, operation: str, name: str, value: str
) -> None:
    code, _, calls = run(tmp_path, size)
    assert code == 0
    assert calls[2][1] == operation
    assert option(calls[2], name) == value


def test_an_unknown_size_touches_nothing(tmp_path: Path) -> None:
    code, _, calls = run(tmp_path, "everything")
    assert (code, calls) == (2, [])


def test_a_role_of_ours_gets_the_new_trust_policy(tmp_path: Path) -> None:
    code, _, calls = run(tmp_path, existing="CertificationCenterMayReadWithItsExternalId")
    assert code == 0
    assert [words[1] for words in calls] == ["get-role", "update-assume-role-policy", "put-role-policy", "get-role"]


def test_a_role_of_somebody_else_is_left_alone_unless_told_otherwise(tmp_path: Path) -> None:
    code, _, calls = run(tmp_path, existing="SomebodyElses")
    assert code == 6
    assert [words[1] for words in calls] == ["get-role"]
    code, _, calls = run(tmp_path, existing="SomebodyElses", REPLACE_TRUST="yes")
    assert code == 0
    assert calls[1][1] == "update-assume-role-policy"


def test_a_role_name_is_never_taken_for_shell(tmp_path: Path) -> None:
    name = "$(touch pwned);`touch pwned`'\" x"
    code, _, calls = run(tmp_path, role_name=name)
    assert code == 0
    assert {option(words, "--role-name") for words in calls} == {name}
    assert not (tmp_path / "pwned").exists()


def test_the_script_reads_only_files_of_the_packet(tmp_path: Path) -> None:
    run(tmp_path)
    script = (tmp_path / "commands.sh").read_text()
    for size in ("recommended", "minimal", "managed"):
        assert (tmp_path / f"permission-policy-{size}.json").exists()
    assert "file://trust-policy.json" in script
    assert json.loads((tmp_path / "trust-policy.json").read_text())["Version"] == "2012-10-17"


def test_an_identity_centers_role_gets_both_policies_of_aws(tmp_path: Path) -> None:
    key = {"Sid": "It's quoted", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
    sizes = PermissionSizes(["sso:ListInstances"], ["sso:ListInstances"], IDENTITY_CENTER, [key])
    code, _, calls = run(tmp_path, "managed", sizes=sizes)
    attached = [option(words, "--policy-arn") for words in calls if words[1] == "attach-role-policy"]
    assert code == 0
    assert attached == [f"arn:aws:iam::aws:policy/AWSSSO{name}" for name in ("ReadOnly", "DirectoryReadOnly")]
    [put] = [words for words in calls if words[1] == "put-role-policy"]
    assert json.loads(option(put, "--policy-document"))["Statement"] == [key]
