"""Words the errors and results of ldap3."""

from __future__ import annotations

import contextlib
from typing import Any

from ldap3.core import exceptions
from pyasn1.error import PyAsn1Error

MALFORMED = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, PyAsn1Error)
"""What ldap3 stumbles with over bytes that are no LDAP."""


def hang_up(opened: Any) -> None:
    """Say goodbye and close; whatever stands in the way of the first, the second is done."""
    with contextlib.suppress(exceptions.LDAPExceptionError, OSError, *MALFORMED):  # it may be gone already
        opened.unbind()
    with contextlib.suppress(exceptions.LDAPExceptionError, OSError, AttributeError):
        opened.socket.close()


def is_distrust(error: BaseException) -> bool:
    """Whether a connection ended because the server's certificate was not accepted."""
    text = str(error).lower()
    return "certificate" in text or "doesn't match" in text or "hostname mismatch" in text


def described(result: dict[str, Any]) -> str:
    """A result as the server words it."""
    message = " ".join(str(result.get("message") or "").split())
    return f"{result.get('description') or 'nothing'}{f' ({message[:300]})' if message else ''}"
