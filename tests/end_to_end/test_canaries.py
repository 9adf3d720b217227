"""No secret is written anywhere: one whole run at the loudest log level, and everything it left is searched."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.connections.yaml_file import add_connections
from pipeline.demo.emulator import Emulator, trust_policy
from pipeline.directories.aws_iam.actions import READ_ACTIONS
from pipeline.home import Home
from pipeline.onboarding import pending
from pipeline.orchestration.instance import prepare
from pipeline.warehouse.dbt_manifest import PROJECT
from tests.end_to_end.canaries import found_in, found_in_files
from tests.end_to_end.pages import EVERYTHING_ELSE, Pages, served, until
from tests.integration.alerts.servers import PASSWORD, USER, MailServer, Webhook
from tests.integration.cli.running import Ran, in_a_process
from tests.integration.directories.aws_iam.tampering import tampered
from tests.integration.directories.scim.service import TOKEN, Service

ACCOUNT, BROKEN, ROLE = "111122223333", "444455556666", "Reader"
BROKEN_ID = "cc-c0ffee00c0ffee00c0ffee00c0ffee00"
LOUD = "python_logs:\n  managed_python_loggers: [root]\n  python_log_level: DEBUG\n"
"""Dagster then keeps what every library logs."""


@dataclass
class Everything:
    """A home, a place for all else that is written, the secrets there are, and what was said."""

    home: Home
    scratch: Path
    aws: Emulator
    webhook: Webhook
    mail: MailServer
    environ: dict[str, str]
    canaries: dict[str, str]
    said: list[tuple[str, Ran]] = field(default_factory=list)

    def certify(self, *arguments: str) -> Ran:
        ran = in_a_process(*arguments, "-vv", environ=self.environ)
        self.said.append((" ".join(arguments), ran))
        return ran

    def external_id(self, name: str) -> str:
        waiting = pending.find(self.home, name)
        assert waiting is not None
        return waiting.external_id


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    root = tmp_path_factory.mktemp("canaries")
    home, scratch = Home(root / "home"), root / "scratch"
    canaries = {PASSWORD: "SMTP password", TOKEN: "SCIM token", BROKEN_ID: "external ID of broken"}

    def overhear(action: str, body: bytes) -> bytes:
        for kind, secret in re.findall(r"<(SecretAccessKey|SessionToken)>([^<]+)<", body.decode()):
            canaries.update({secret: kind} if action == "AssumeRole" else {})
        return body

    with (
        Emulator() as aws,
        Service() as scim,
        Webhook() as webhook,
        MailServer(wants_login=True) as mail,
        tampered(aws.endpoint_url, overhear) as url,
    ):
        canaries[aws.environment()["AWS_SECRET_ACCESS_KEY"]] = "secret key of the connector"
        canaries[webhook.url.rpartition("/")[2]] = "address of the webhook"
        for folder in ("user", "tmp", "files"):
            (scratch / folder).mkdir(parents=True)
        (scratch / "files" / "token").write_text(TOKEN)
        (scratch / "files" / "password").write_text(PASSWORD)
        environ = {
            **aws.environment(),
            "AWS_ENDPOINT_URL": url,
            "CERTIFY_HOME": str(home.root),
            "HOME": str(scratch / "user"),
            "TMPDIR": str(scratch / "tmp"),
            "WEBHOOK": webhook.url,
            "DBT_LOG_LEVEL": "debug",
            "DBT_DEBUG": "true",
        }
        made = Everything(home, scratch, aws, webhook, mail, environ, canaries)
        _connect(made, scim)
        _alert_settings(made)
        _run(made)
        yield made


def _connect(made: Everything, scim: Service) -> None:
    prepare(made.home)
    with (made.home.dagster / "dagster.yaml").open("a") as stream:
        stream.write(LOUD)
    scim.user("ada")
    account = made.aws.account(ACCOUNT)
    account.key(account.user("alice"))
    made.aws.account(BROKEN).role(ROLE, external_id="another", trust_principal=made.aws.hub_arn, policy=["iam:*"])
    assert made.certify("connect", "aws", "production").code == 0
    made.canaries[made.external_id("production")] = "external ID of production"
    trust = trust_policy([made.aws.hub_arn], made.external_id("production"))
    account.role(ROLE, trust=trust, policy=sorted(READ_ACTIONS.keys() - {"iam:GetAccessKeyLastUsed"}))
    assert made.certify("connect", "aws", "production", "--role-arn", f"arn:aws:iam::{ACCOUNT}:role/{ROLE}").code == 0
    add_connections(
        made.home,
        [
            {
                "name": "broken",
                "kind": "aws_iam",
                "role_arn": f"arn:aws:iam::{BROKEN}:role/{ROLE}",
                "external_id": BROKEN_ID,
            },
            {"name": "idp", "kind": "scim", "url": scim.url, "token_file": str(made.scratch / "files" / "token")},
        ],
    )
    assert made.certify("connect", "aws", "waiting").code == 0
    made.canaries[made.external_id("waiting")] = "external ID of waiting"


def _alert_settings(made: Everything) -> None:
    made.home.settings_file.write_text(
        f"alert_webhook_url: ${{WEBHOOK}}\nalert_email_to: [ops@example.org]\nalert_email_from: c@example.org\n"
        f"alert_smtp_url: smtp://127.0.0.1:{made.mail.port}\nalert_smtp_user: {USER}\n"
        f"alert_smtp_password_file: {made.scratch / 'files' / 'password'}\n"
    )


def _run(made: Everything) -> None:
    codes = {
        ("test",): 5,
        ("sync",): 5,
        ("sync", "broken"): 4,
        ("status",): 0,
        ("findings",): 0,
        ("connect", "list"): 0,
        ("connect", "show", "production"): 0,
        ("connect", "show", "waiting"): 0,
        ("connect", "rotate-external-id", "production"): 0,
    }
    for arguments, code in codes.items():
        ran = made.certify(*arguments)
        assert ran.code == code, ran.err
    made.certify("doctor")
    made.canaries[made.external_id("production")] = "next external ID of production"


@pytest.fixture(scope="module")
def pages(everything: Everything) -> Pages:
    """What the pages said while Dagster's own processes alerted, read and built."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environ = {**os.environ, **everything.environ}
    with served(port, environ, everything.scratch / "ui.log", "-vv") as pages:
        until(lambda: len(everything.webhook.requests) + len(everything.mail.mails) >= 2, 240, "the alert")
        run_id = pages.launch("extract_aws_iam", "production", "broken")
        until(
            lambda: next(run for run in pages.runs() if run["runId"] == run_id)["status"] in ("SUCCESS", "FAILURE"),
            240,
            "the end of the run",
        )
        for run in pages.runs():
            pages.logs(run["runId"])
        for question in EVERYTHING_ELSE:
            pages.ask(question)
    return pages


def test_the_run_was_loud_enough_to_be_worth_searching(everything: Everything, pages: Pages) -> None:
    kinds = set(everything.canaries.values())
    assert {"SecretAccessKey", "SessionToken", "secret key of the connector", "external ID of production"} <= kinds
    answers = b"".join(pages.seen)
    assert b"OperationModel(name=AssumeRole)" in answers, "botocore's own log is in the event log"
    assert answers.count(b"<AssumeRoleResult>") > 0, "with what AWS answered, session token and all"
    assert b"AccessDenied on AssumeRole" in answers
    assert b"checks_alert" in answers
    files = {path.suffix for path in everything.home.root.rglob("*")}
    assert {".duckdb", ".parquet", ".db", ".json", ".yaml"} <= files


@pytest.mark.promise("P18")
def test_the_daemon_sent_one_alert_to_each(everything: Everything, pages: Pages) -> None:
    [(_, _, document)] = everything.webhook.requests
    [mail] = everything.mail.mails
    assert ("can_assume_role", "broken") in {(each["check"], each["connection"]) for each in document["failing"]}
    assert "can_assume_role of broken" in mail.parsed.get_content()
    sent = mail.raw + repr(document).encode()
    assert found_in(sent, everything.canaries) == set()


@pytest.mark.promise("P18")
def test_no_file_holds_a_secret_but_those_made_to_hold_an_external_id(everything: Everything, pages: Pages) -> None:
    found = found_in_files(everything.home.root, everything.canaries)
    allowed: dict[str, set[str]] = {"connections.yaml": {"external ID of production", "external ID of broken"}}
    for name in ("production", "waiting"):
        folders = (f"exports/connect/{name}/", f"pending/{name}")
        its_own = {f"external ID of {name}", f"next external ID of {name}"}
        allowed |= {path: its_own for path in found if path.startswith(folders)}
    assert {
        path: names - allowed.get(path, set()) for path, names in found.items() if names - allowed.get(path, set())
    } == {}
    assert "connections.yaml" in found, "the search finds what is there"


@pytest.mark.promise("P18")
def test_nothing_outside_the_home_holds_a_secret(everything: Everything, pages: Pages) -> None:
    ours = {"files/token": {"SCIM token"}, "files/password": {"SMTP password"}}
    assert found_in_files(everything.scratch, everything.canaries) == ours
    for folder in ("target", "logs"):
        assert found_in_files(PROJECT / folder, everything.canaries) == {}


@pytest.mark.promise("P18")
def test_nobody_was_told_a_secret_but_who_asked_for_an_external_id(everything: Everything, pages: Pages) -> None:
    told = {}
    for command, ran in everything.said:
        found = found_in((ran.out + ran.err).encode(), everything.canaries)
        if re.fullmatch(r"connect aws \w+", command):
            assert found == {f"external ID of {command.split()[-1]}"}
            assert found_in(ran.err.encode(), everything.canaries) == set(), "on stdout, which is asked for"
        elif found:
            told[command] = found
    assert told == {}


@pytest.mark.promise("P18")
def test_no_page_shows_a_secret(everything: Everything, pages: Pages) -> None:
    assert len(pages.seen) > 5
    assert {name for answer in pages.seen for name in found_in(answer, everything.canaries)} == set()
