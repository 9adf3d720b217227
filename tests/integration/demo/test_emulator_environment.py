"""Starting, stopping, and pointing SDKs at the emulated AWS and at nothing else."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from pipeline.demo.emulator import HUB_ACCOUNT, Emulator
from tests.integration.demo.emulating import ACCOUNT, client


def test_a_seed_is_there_before_the_first_call() -> None:
    with Emulator(lambda aws: aws.account(ACCOUNT).user("alice")) as aws:
        assert [user["user_name"] for user in aws.account(ACCOUNT).truth()["users"]] == ["alice"]


def test_an_sdk_with_the_environment_alone_reaches_the_emulator(
    aws: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-west-9\nendpoint_url = http://127.0.0.1:1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "left over")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
    with aws.exported(os.environ):
        identity = boto3.Session().client("sts").get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (HUB_ACCOUNT, aws.hub_arn)


def test_the_environment_is_as_before_afterwards(aws: Emulator) -> None:
    environ = {"AWS_PROFILE": "mine", "AWS_REGION": "eu-west-1"}
    with aws.exported(environ):
        assert "AWS_PROFILE" not in environ
        assert environ["AWS_REGION"] == "us-east-1"
    assert environ == {"AWS_PROFILE": "mine", "AWS_REGION": "eu-west-1"}


def test_nothing_answers_and_no_thread_is_left_after_the_end() -> None:
    before = threading.active_count()
    with Emulator() as aws:
        sts = client(aws, "sts")
        sts.get_caller_identity()
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=5)
    assert threading.active_count() == before
    with pytest.raises(EndpointConnectionError):
        client(aws, "sts").get_caller_identity()


def test_the_hub_loses_everything_with_its_policy(aws: Emulator) -> None:
    arn = aws.account(ACCOUNT).role("R", trust_principal=aws.hub_arn)
    sts = client(aws, "sts")
    sts.assume_role(RoleArn=arn, RoleSessionName="ok")
    aws.account(HUB_ACCOUNT).inline_policy("certification-center", "assume-certification-roles", [])
    with pytest.raises(sts.exceptions.ClientError, match="is not authorized to perform: sts:AssumeRole"):
        sts.assume_role(RoleArn=arn, RoleSessionName="no")
