"""Parses an HTTP request: action, parameters, signature.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from pipeline.demo.emulator.wire import form

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, ?"
    r"SignedHeaders=(?P<headers>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class SignedBy:
    """The parts of a sigv4 Authorization header."""

    access_key_id: str
    date: str
    region: str
    service: str
    headers: tuple[str, ...]
    signature: str


@dataclass(frozen=True)
class ApiRequest:
    """A request as it arrived; header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def target_action(self) -> str:
        """The action of a call in the JSON protocol, which names it in a header; empty for the query protocol."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]

    @cached_property
    def params(self) -> dict[str, Any]:
        """The parameters, of the body or, for a GET, of the query string."""
        if self.target_action:
            found: dict[str, Any] = json.loads(self.body or b"{}")
            return found
        return form(self.body) or dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def action(self) -> str:
        """The action, without its service."""
        return self.target_action or str(self.params.get("Action", ""))

    @cached_property
    def signed_by(self) -> SignedBy | None:
        """Who signed, or None when nobody (well) did."""
        found = _AUTHORIZATION.fullmatch(self.headers.get("authorization", ""))
        if found is None:
            return None
        part = found.groupdict()
        return SignedBy(
            part["key"],
            part["date"],
            part["region"],
            part["service"],
            tuple(part["headers"].split(";")),
            part["signature"],
        )

    @property
    def service(self) -> str:
        """The service it was signed for; an unsigned one is taken to be IAM's."""
        return self.signed_by.service if self.signed_by else "iam"

    def is_signed_with(self, secret: str) -> bool:
        """Whether the signature was made with this secret."""
        by = self.signed_by
        if by is None:
            return False
        scope = f"{by.date}/{by.region}/{by.service}/aws4_request"
        to_sign = "\n".join(
            (
                "AWS4-HMAC-SHA256",
                self.headers.get("x-amz-date", ""),
                scope,
                hashlib.sha256(self._canonical(by).encode()).hexdigest(),
            )
        )
        key = b"AWS4" + secret.encode()
        for part in (by.date, by.region, by.service, "aws4_request", to_sign):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.compare_digest(key.hex(), by.signature)

    def _canonical(self, by: SignedBy) -> str:
        url = urlsplit(self.target)
        query = "&".join(
            f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}"
            for k, v in sorted(parse_qsl(url.query, keep_blank_values=True))
        )
        headers = "".join(f"{name}:{' '.join(self.headers.get(name, '').split())}\n" for name in by.headers)
        digest = hashlib.sha256(self.body).hexdigest()
        return "\n".join((self.method, url.path or "/", query, headers, ";".join(by.headers), digest))
