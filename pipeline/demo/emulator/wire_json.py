"""The JSON protocol on the wire, as Identity Center and Organizations speak it.

https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
Does not belong here: what a request means.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pipeline.demo.emulator.errors import ApiError

_NAMES = {
    "AccessDenied": "AccessDeniedException",
    "Throttling": "ThrottlingException",
    "ServiceFailure": "InternalServerException",
    "ExpiredToken": "ExpiredTokenException",
    "InvalidClientTokenId": "UnrecognizedClientException",
}
"""What these services call the errors that IAM calls otherwise."""


def as_json(reply: Mapping[str, Any]) -> bytes:
    """A successful reply; instants become seconds since 1970, and what is None is left out."""
    return json.dumps(_plain(reply)).encode()


def json_error(error: ApiError) -> bytes:
    """An error reply."""
    reason = {"Reason": error.reason} if error.reason else {}
    return json.dumps({"__type": _NAMES.get(error.code, error.code), "Message": error.message, **reason}).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(member) for name, member in value.items() if member is not None}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    return value
