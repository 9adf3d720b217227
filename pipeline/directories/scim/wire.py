"""Sockets and response bodies of a SCIM service."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pipeline.connections.network import ScimConnection
from pipeline.limited_sockets import limited_pool
from pipeline.proxy import pool


@dataclass(frozen=True)
class ScimResponse:
    """What came back."""

    status: int
    headers: Any
    data: bytes


def pool_for(connection: ScimConnection) -> Any:
    """Connections to the service, by way of the proxy the environment names; answers keep to the limits of the read."""
    return limited_pool(pool(connection.url, str(connection.ca_file) if connection.ca_file else None))


def origin(url: str) -> str:
    """Scheme, host and port: what a token is for."""
    parts = urlsplit(url)
    try:
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:  # out of range: no origin of ours
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


def json_object(data: bytes) -> Mapping[str, Any] | None:
    """The JSON object that `data` is, or None."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def detail_of(data: bytes) -> str:
    """What the service says, where it says it as the RFC wants."""
    found = json_object(data) or {}
    return str(found.get("detail") or found.get("error_description") or found.get("error") or "")[:300]
