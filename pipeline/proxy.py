"""Chooses the proxy of a request from the environment; never one for loopback."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


def proxy_for(url: str) -> str | None:
    """The proxy for `url`; None when it is asked directly.

    Loopback is always asked directly: a proxy could not reach it, and would be shown the secrets that are sent to it.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine: `localhost` and below, 127.0.0.0/8, ::1. Nothing is looked up."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, section 6.3
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def pool(url: str, ca_file: str | None) -> Any:
    """A urllib3 pool for `url` that checks certificates, by way of the proxy where there is one."""
    import urllib3

    proxy = proxy_for(url)
    if proxy:
        return urllib3.ProxyManager(proxy, cert_reqs="CERT_REQUIRED", ca_certs=ca_file)
    return urllib3.PoolManager(cert_reqs="CERT_REQUIRED", ca_certs=ca_file)
