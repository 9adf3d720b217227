"""Identifiers that look like AWS's and are the same at every start.

A demo that is started again must show the same users under the same ids, so ids are derived from what they name and
never drawn.
"""

from __future__ import annotations

import base64
import hashlib


def entity_id(prefix: str, *names: str, length: int = 21) -> str:
    """An id such as AIDA.

    (user), AGPA... (group), ANPA... (managed policy), AROA... (role) or AKIA... (access key, `length=20`).
    """
    digest = hashlib.sha256("\x00".join((prefix, *names)).encode()).digest()
    return (prefix + base64.b32encode(digest).decode().rstrip("="))[:length]


def secret_key(*names: str) -> str:
    """A 40-character secret access key; an emulator's secret guards nothing."""
    return base64.b64encode(hashlib.sha384("\x00".join(("secret", *names)).encode()).digest()).decode()[:40]
