"""Bare threads that do nothing but send: the calls our reader sent, with clients made before the clock starts."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.config import Config

from benchmarks.extraction.accounts import EXTERNAL_ID
from pipeline.connections.models import AwsIamConnection
from pipeline.demo.emulator import Call

NUMBERS = {"MaxItems", "DurationSeconds"}


@dataclass(frozen=True)
class Request:
    """One call as botocore wants it."""

    service: str
    method: str
    parameters: dict[str, Any]


def recorded(calls: Sequence[Call]) -> dict[str, list[Request]]:
    """By account, in the order in which they were answered."""
    found: dict[str, list[Request]] = defaultdict(list)
    for call in calls:
        service, action = call.action.split(":")
        parameters: dict[str, Any] = {}
        for name, value in sorted(call.params.items()):
            if ".member." in name:
                parameters.setdefault(name.split(".")[0], []).append(value)
            else:
                parameters[name] = int(value) if name in NUMBERS else value
        if action == "AssumeRole":
            parameters |= {"ExternalId": EXTERNAL_ID, "Policy": call.session_policy}
        found[call.account].append(Request(service, xform_name(action), parameters))
    return dict(found)


def replay(connections: Sequence[AwsIamConnection], requests: dict[str, list[Request]], threads: int) -> float:
    """Send everything, one account after another in each of `threads` threads; the seconds it took, without making the
    clients."""
    session = botocore.session.get_session()
    config = Config(max_pool_connections=threads)
    hub = session.create_client("sts", config=config)
    clients = {connection.account_id: _clients(session, hub, connection, config) for connection in connections}

    def send(account: str) -> None:
        for request in requests[account]:
            service = "hub" if request.method == "assume_role" else request.service
            getattr(clients[account][service], request.method)(**request.parameters)

    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(send, requests))
    return time.perf_counter() - began


def _clients(session: Any, hub: Any, connection: AwsIamConnection, config: Config) -> dict[str, Any]:
    got = hub.assume_role(RoleArn=connection.role_arn, RoleSessionName="bare", ExternalId=EXTERNAL_ID)["Credentials"]
    keys = {
        "aws_access_key_id": got["AccessKeyId"],
        "aws_secret_access_key": got["SecretAccessKey"],
        "aws_session_token": got["SessionToken"],
    }
    return {"hub": hub} | {name: session.create_client(name, config=config, **keys) for name in ("iam", "sts")}
