"""Clients of an emulated AWS that neither retry nor check parameters."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config

from pipeline.demo.emulator import Emulator

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
ACCOUNT, EXTERNAL_ID = "111122223333", "cc-0123456789abcdef"
ONCE = Config(
    retries={"mode": "standard", "total_max_attempts": 1},
    parameter_validation=False,
    connect_timeout=5,
    read_timeout=15,
)


class Clock:
    """Stands still until told otherwise."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@lru_cache(maxsize=1)
def _session() -> boto3.Session:
    """One for all clients: reading the service models is what makes a client dear."""
    return boto3.Session()


def client(
    aws: Emulator, service: str, *, key: str = "", secret: str = "", token: str | None = None, region: str = "us-east-1"
) -> Any:
    """A client with these credentials, the hub's by default."""
    hub = aws.environment()
    return _session().client(
        service,
        region_name=region,
        endpoint_url=aws.endpoint_url,
        aws_access_key_id=key or hub["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=secret or hub["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=token,
        config=ONCE,
    )


def assume(aws: Emulator, role_arn: str, *, sts: Any = None, **options: Any) -> dict[str, Any]:
    """The credentials of a role session, as keywords for `client`."""
    asked = {"RoleArn": role_arn, "RoleSessionName": "test-session", "ExternalId": EXTERNAL_ID} | options
    given = (sts or client(aws, "sts")).assume_role(**{k: v for k, v in asked.items() if v is not None})["Credentials"]
    return {"key": given["AccessKeyId"], "secret": given["SecretAccessKey"], "token": given["SessionToken"]}
