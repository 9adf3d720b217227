"""`certify connect aws`: from an empty home to a tested connection in three commands."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable

import pytest

from pipeline.connections.external_id import OURS
from pipeline.connections.yaml_file import load_connections
from pipeline.demo.emulator import Emulator
from pipeline.directories.aws_iam.actions import RECOMMENDED
from pipeline.home import Home
from pipeline.onboarding import pending
from tests.integration.cli.running import Ran

Certify = Callable[..., Ran]
FILES = {
    "trust-policy.json",
    "permission-policy-managed.json",
    "permission-policy-recommended.json",
    "permission-policy-minimal.json",
    "role.cfn.yaml",
    "role.tf",
    "commands.sh",
    "README.txt",
}


def documented(ran: Ran) -> dict[str, object]:
    document: dict[str, object] = json.loads(ran.out)
    assert document["exit_code"] == ran.code
    return document


def test_three_commands_from_an_empty_home_to_a_tested_connection(
    certify: Certify, home: Home, aws: Emulator, applied: Callable[..., str]
) -> None:
    made = certify("connect", "aws", "production")
    assert made.code == 0
    arn = applied()  # the second command is the administrator's
    done = certify("connect", "aws", "production", "--role-arn", arn)
    assert done.code == 0, done.err
    assert "Next: certify sync production" in done.err
    [connection] = load_connections(home, {})
    assert (connection.name, connection.role_arn, connection.access_mode) == ("production", arn, "read_only")
    assert connection.external_id.get_secret_value() in made.out
    assert pending.every(home) == []
    assert certify("connect", "list").out.splitlines()[1].split()[:3] == ["production", "aws_iam", "connected"]


def test_nothing_is_saved_and_nothing_asked_of_iam_before_the_role_is_named(
    certify: Certify, home: Home, aws: Emulator
) -> None:
    assert certify("connect", "aws", "production").code == 0
    assert not home.connections_file.exists()
    assert {call.action for call in aws.log} <= {"sts:GetCallerIdentity"}


def test_the_files_are_private_and_name_the_callers_own_principal(certify: Certify, home: Home, aws: Emulator) -> None:
    document = documented(certify("connect", "aws", "production", "--json"))
    folder = home.exports / "connect" / "production"
    assert document["folder"] == str(folder)
    assert {path.name for path in folder.iterdir()} == FILES == set(document["files"])  # type: ignore[call-overload]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    [statement] = json.loads((folder / "trust-policy.json").read_text())["Statement"]
    assert statement["Principal"] == {"AWS": aws.hub_arn}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": document["external_id"]}}
    assert document["principal"] == aws.hub_arn
    assert str(document["console_url"]).startswith("https://console.aws.amazon.com/cloudformation/")


def test_the_external_id_is_made_here_stays_while_it_waits_and_is_never_given_twice(
    certify: Certify, aws: Emulator
) -> None:
    first = documented(certify("connect", "aws", "production", "--json"))
    again = documented(certify("connect", "aws", "production", "--display-name", "Production", "--json"))
    other = documented(certify("connect", "aws", "audit", "--json"))
    assert OURS.fullmatch(str(first["external_id"]))
    assert again["external_id"] == first["external_id"]
    assert other["external_id"] != first["external_id"]
    assert "--external-id" not in certify("connect", "aws", "--help").out
    assert certify("connect", "aws", "third", "--external-id", "mine").code == 2


def test_choices_of_the_first_run_are_kept_for_the_second(
    certify: Certify, home: Home, aws: Emulator, applied: Callable[..., str]
) -> None:
    out = home.root.parent / "for-bob"
    options = ["--display-name", "Production: EU", "--role-name", "Reader", "--organization-id", aws.organization_id]
    assert certify("connect", "aws", "production", *options, "--out", str(out)).code == 0
    [statement] = json.loads((out / "trust-policy.json").read_text())["Statement"]
    assert statement["Condition"]["StringEquals"]["aws:PrincipalOrgID"] == aws.organization_id
    arn = applied(role="Reader", folder=out)
    assert certify("connect", "aws", "production", "--role-arn", f"  {arn}\n").code == 0
    [connection] = load_connections(home, {})
    assert (connection.display_name, connection.role_arn) == ("Production: EU", arn)


def test_comments_and_order_of_connections_yaml_are_kept(
    certify: Certify, home: Home, aws: Emulator, applied: Callable[..., str]
) -> None:
    home.ensure()
    (home.root / "hr.csv").write_text("id\n1\n")
    before = "# ours, by hand\nconnections:\n  - name: people  # HR\n    kind: file\n    path: hr.csv\n"
    home.connections_file.write_text(before)
    certify("connect", "aws", "production")
    assert certify("connect", "aws", "production", "--role-arn", applied()).code == 0
    assert home.connections_file.read_text().startswith(before)
    assert [each.name for each in load_connections(home, {})] == ["people", "production"]


@pytest.mark.parametrize("size", ["recommended", "managed", "minimal"])
def test_each_size_of_permissions_makes_a_usable_connection_and_says_what_it_hides(
    certify: Certify, home: Home, applied: Callable[..., str], size: str
) -> None:
    certify("connect", "aws", "production")
    document = documented(certify("connect", "aws", "production", "--role-arn", applied(size=size), "--json"))
    assert document["saved"] is True
    if size == "recommended":
        assert (document["allowed_actions"], document["asked_actions"]) == (len(RECOMMENDED), len(RECOMMENDED))
    closing = json.loads(str(document["statement"] or '{"Action": []}'))["Action"]
    assert bool(closing) is (size == "minimal")
    assert set(closing) <= RECOMMENDED


def test_a_narrow_role_is_told_what_stays_unknown_and_the_statement_that_shows_it(
    certify: Certify, applied: Callable[..., str]
) -> None:
    certify("connect", "aws", "production")
    ran = certify("connect", "aws", "production", "--role-arn", applied(size="minimal"))
    assert ran.code == 0
    assert "actions allowed; not judged because of it:\n  - " in ran.err
    assert '"iam:GetAccountAuthorizationDetails"' in ran.err.partition("closes the gap:")[2]


def test_the_template_url_becomes_a_filled_in_form(certify: Certify, aws: Emulator) -> None:
    url = "https://bucket.s3.amazonaws.com/role.cfn.yaml"
    document = documented(certify("connect", "aws", "production", "--template-url", url, "--json"))
    assert "quickcreate?templateURL=https%3A%2F%2Fbucket" in str(document["console_url"])
    assert f"param_ExternalId={document['external_id']}" in str(document["console_url"])


def test_show_hides_the_external_id_until_it_is_asked_for(certify: Certify, aws: Emulator) -> None:
    external_id = str(documented(certify("connect", "aws", "production", "--json"))["external_id"])
    assert external_id not in certify("connect", "show", "production").out
    assert external_id in certify("connect", "show", "production", "--reveal").out
    assert external_id not in certify("connect", "list", "--json").out


def test_remove_asks_first_and_forgets_what_waits(certify: Certify, home: Home, aws: Emulator) -> None:
    certify("connect", "aws", "production")
    refused = certify("connect", "remove", "production")
    assert (refused.code, "say --yes" in refused.err) == (2, True)
    assert pending.find(home, "production") is not None
    assert certify("connect", "remove", "production", "--yes").code == 0
    assert pending.every(home) == []
    assert certify("connect", "remove", "production", "--yes").code == 2


def test_a_principal_given_by_hand_needs_no_credentials(
    certify: Certify, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    hub = "arn:aws-us-gov:iam::999988887777:role/ci/hub"
    assert certify("connect", "aws", "gov", "--principal", hub).code == 0
    folder = home.exports / "connect" / "gov"
    assert json.loads((folder / "trust-policy.json").read_text())["Statement"][0]["Principal"] == {"AWS": hub}
    assert "arn:aws-us-gov:iam::aws:policy/IAMReadOnlyAccess" in (folder / "commands.sh").read_text()


def test_connect_alone_shows_its_help_and_every_command(certify: Certify) -> None:
    ran = certify("connect")
    assert (ran.code, ran.out) == (2, "")
    for command in ("aws", "aws-org", "list", "show", "remove", "rotate-external-id", "file"):
        assert f"\n  {command} " in ran.err
    assert "aws_iam" not in ran.err


def test_the_name_of_the_kind_works_as_well(certify: Certify, home: Home, aws: Emulator) -> None:
    assert certify("connect", "aws_iam", "production").code == 0
    assert (home.exports / "connect" / "production" / "README.txt").exists()
