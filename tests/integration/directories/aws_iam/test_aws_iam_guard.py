"""A reader cannot write, and tells no secret, whatever happens."""

from __future__ import annotations

import logging
import re

import pytest
from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import SecretStr

from pipeline.aws.operation_allowlist import ASSUMES, NotOnReadList, allow_only
from pipeline.aws.role_session import RoleSession, role_of
from pipeline.aws.source_session import PATIENT, new_session
from pipeline.demo.emulator import EmulatedAccount, Emulator
from pipeline.directories.aws_iam.actions import READ_ACTIONS, READ_LIST
from pipeline.directories.aws_iam.reader import AWS_IAM
from pipeline.redaction import MASK, Redactor
from tests.integration.directories.aws_iam.accounts import full_account
from tests.integration.directories.aws_iam.reading import NOW, complete, connect, read
from tests.integration.directories.aws_iam.tampering import tampered
from tests.promises.plugin import PromiseCount


@pytest.mark.promise("P17")
def test_of_all_iam_operations_only_the_read_list_passes(
    aws: Emulator, account: EmulatedAccount, promise: PromiseCount
) -> None:
    session = RoleSession(role_of(connect(aws, account), "run", READ_LIST), READ_LIST.recorder(), patience=PATIENT)
    operations = session.clients["iam"].meta.service_model.operation_names
    refused = set()
    for operation in operations:
        try:
            getattr(session.clients["iam"], xform_name(operation))()
        except NotOnReadList as refusal:
            refused.add(refusal.problem.message.split(":", 2)[1])
        except (BotoCoreError, ClientError):
            continue  # it went as far as its parameters, or to AWS
    assert len(operations) >= 180
    assert {f"iam:{operation}" for operation in operations if operation not in refused} == set(READ_ACTIONS)
    assert {call.action for call in aws.log if call.service == "iam"} <= set(READ_ACTIONS)
    promise.count("IAM operations", len(operations))
    promise.count("refused", len(refused))


def test_a_presigned_url_for_a_write_is_refused_too(aws: Emulator, account: EmulatedAccount) -> None:
    session = RoleSession(role_of(connect(aws, account), "run", READ_LIST), READ_LIST.recorder(), patience=PATIENT)
    with pytest.raises(NotOnReadList):
        session.clients["iam"].generate_presigned_url("create_user", Params={"UserName": "mallory"})


@pytest.mark.promise("P17")
@pytest.mark.parametrize(
    ("allowed", "service", "operation"),
    [
        (READ_LIST.operations, "sts", "assume_role"),
        (READ_LIST.operations, "sts", "get_session_token"),
        (READ_LIST.operations, "organizations", "list_accounts"),
        (ASSUMES, "iam", "list_users"),
        (ASSUMES, "sts", "get_federation_token"),
        (ASSUMES, "sts", "assume_role"),
    ],
)
def test_no_other_service_and_no_assume_role_without_its_policy(
    aws: Emulator, allowed: frozenset[str], service: str, operation: str
) -> None:
    session = new_session()
    allow_only(session.get_component("event_emitter"), allowed)
    client = session.create_client(service, region_name="us-east-1")
    with pytest.raises(NotOnReadList):
        getattr(client, operation)()
    assert aws.log.count() == 0


def test_a_role_that_may_do_everything_is_still_only_read(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    complete(read(connect(aws, account, ["*"])))
    assert {call.action for call in aws.log if call.service == "iam"} <= set(READ_ACTIONS)


@pytest.mark.promise("P18")
def test_no_secret_reaches_a_log_even_at_debug(
    aws: Emulator, account: EmulatedAccount, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    full_account(account)
    hostile = "cc-a+b/c=d:e@f,1234"
    connection = connect(aws, account, external_id=hostile).model_copy(update={"external_id": SecretStr(hostile)})
    secrets: list[str] = [hostile, aws.environment()["AWS_SECRET_ACCESS_KEY"]]

    def overhear(action: str, body: bytes) -> bytes:
        found = re.findall(r"<(?:SecretAccessKey|SessionToken)>([^<]+)<", body.decode())
        secrets.extend(found if action == "AssumeRole" else [])
        return body

    caplog.set_level(logging.DEBUG)
    with tampered(aws.endpoint_url, overhear) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        complete(read(connection))
        steps = list(AWS_IAM.test(connection))
        failed = read(connection.model_copy(update={"role_arn": f"{connection.role_arn}x"}))
    assert "OperationModel(name=AssumeRole)" in caplog.text, "botocore did log its calls"
    assert len(secrets) >= 6
    told = [
        caplog.text,
        repr(steps),
        repr(failed.problems),
        repr(role_of(connection, "r", READ_LIST)),
        repr(connection),
    ]
    for secret in secrets:
        assert [text for text in told if secret in text] == []
    assert re.findall(r"Signature=(?!\[redacted\])", caplog.text) == []


def test_tracebacks_and_badly_made_records_are_cleaned_too() -> None:
    redactor = Redactor()
    redactor.learn("cc-topsecret")
    try:
        raise ValueError("ExternalId cc-topsecret is wrong")
    except ValueError as error:
        record = logging.LogRecord("botocore", 10, "f", 1, "%d %s", ("one",), (ValueError, error, None))
    assert redactor.filter(record) is True
    assert record.getMessage() == "%d %s ('one',)"
    assert "topsecret" not in logging.Formatter().format(record)
    assert MASK in logging.Formatter().format(record)


def test_the_hub_is_asked_for_nothing_but_roles_and_who_it_is(aws: Emulator, account: EmulatedAccount) -> None:
    full_account(account)
    AWS_IAM.read(connect(aws, account, external_id="another-one"), as_of=NOW, run_id="r")
    assert {call.action for call in aws.log} == {"sts:AssumeRole", "sts:GetCallerIdentity"}
