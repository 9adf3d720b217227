"""Detects an AWS endpoint that the environment overrides.

Sources: "Service-specific endpoints" in the AWS SDKs and Tools reference guide; botocore's `partitions.json`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from botocore.session import Session

from pipeline.problems import ConfigurationError, Problem
from pipeline.redaction import origin_of

SERVICES = ("sts", "iam", "identitystore", "sso_admin", "organizations")
"""Everything a connection is read with, as variables and profiles spell it."""
ALLOWED = "CERTIFY_ALLOW_SERVICE_ENDPOINTS"


def foreign_endpoint(session: Session, region: str) -> str:
    """The address that answers for IAM or STS when it is not AWS's own (an emulator, a gateway), else empty."""
    clients = (session.create_client(service, region_name=region) for service in ("iam", "sts"))
    return foreign_among(session, (str(client.meta.endpoint_url) for client in clients))


def foreign_among(session: Session, urls: Iterable[str]) -> str:
    """The first of the addresses that is not AWS's own, without its path and any credentials; empty when all are."""
    suffixes = _suffixes(session)
    for url in urls:
        if not any((urlsplit(url).hostname or "").endswith(f".{suffix}") for suffix in suffixes):
            return origin_of(url)
    return ""


def refuse_service_endpoints(session: Session) -> None:
    """Raise ConfigurationError when a single service is sent elsewhere, unless that is allowed by name.

    With STS at AWS and IAM elsewhere, whoever set the variable would answer for what AWS was trusted to say.
    """
    if os.environ.get(ALLOWED) == "1":
        return
    for where, url in _overrides(session):
        raise ConfigurationError(Problem.of("service_endpoint_overridden", where=where, url=url, variable=ALLOWED))


def _overrides(session: Session) -> Iterator[tuple[str, str]]:
    if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return
    profile = session.full_config["profiles"].get(session.profile or "default", {})
    sections = session.full_config.get("services", {})
    section = sections.get(profile.get("services"), {})
    for service in SERVICES:
        variable = f"AWS_ENDPOINT_URL_{service.upper()}"
        if url := os.environ.get(variable):
            yield f"the variable {variable}", url
        of_service = section.get(service)
        if isinstance(of_service, dict) and (url := of_service.get("endpoint_url")):
            yield f"`{service}` in the services of the AWS configuration file", str(url)


def _suffixes(session: Session) -> set[str]:
    partitions = session.get_component("data_loader").load_data("partitions")["partitions"]
    return {partition["outputs"][name] for partition in partitions for name in ("dnsSuffix", "dualStackDnsSuffix")}
