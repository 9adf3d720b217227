"""Connects to an LDAP server with TLS, binds, and reads pages of entries.

Result codes: RFC 4511, appendix A. A server's limit (3, 4, 11) means that something is missing, so it ends the read.
Referrals are noted and never followed: they would take our password to servers nobody named.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import ldap3
from ldap3.core import exceptions

from pipeline.connections.network import LdapConnection
from pipeline.connections.secret_references import secret_of
from pipeline.coverage import Outcome
from pipeline.directories.ldap.answers import MALFORMED, described, hang_up, is_distrust
from pipeline.directories.ldap.attributes import by_name
from pipeline.directories.ldap_schema.entry import Entry
from pipeline.directories.read_failure import DirectoryReadError
from pipeline.limited_sockets import LimitedSocket
from pipeline.problems import ConnectionFailed, Problem
from pipeline.read_limits import current
from pipeline.redaction import REDACTOR

PAGING = "1.2.840.113556.1.4.319"
DENIED, LIMITS, BUSY = frozenset({8, 13, 48, 50}), frozenset({3, 4, 11}), frozenset({51, 52})
REFUSED_LOGIN = frozenset({7, 8, 13, 48, 49, 50, 53})
PAGE_TOO_LARGE = "adminLimitExceeded"
"""What OpenLDAP answers to a page larger than it allows (size.pr); a smaller one may be given."""
EMPTY_PAGES = 10
"""A server may send a page without entries while it still searches, but not for ever."""


@dataclass(frozen=True)
class LdapTimeouts:
    """How long to wait for the server, and how often to begin a search again that broke off."""

    connect_seconds: float = 5
    read_seconds: float = 60
    attempts: int = 6


PATIENT = LdapTimeouts()
"""For a whole read."""


class BrokeOffError(Exception):
    """The connection broke, or the server was busy: beginning again may help."""


@dataclass
class LdapSession:
    """A bound connection; opened at the first search, and anew after it broke."""

    connection: LdapConnection
    patience: LdapTimeouts
    referrals: set[str] = field(default_factory=set)
    _open: Any = None
    _largest_page: int = 0

    @property
    def place(self) -> str:
        """Where this is, for messages."""
        return self.connection.url

    def close(self) -> None:
        """Say goodbye, if there is anybody to say it to."""
        if self._open is not None:
            hang_up(self._open)
            self._open = None

    def bind(self) -> str:
        """Be connected, behind TLS, as the account that reads; gives how. Raises ConnectionFailed or BrokeOffError."""
        if self._open is None:
            self._open = self._connected()
        return f"TLS {self._open.socket.version()}" if hasattr(self._open.socket, "version") else "TLS"

    def _connected(self) -> Any:
        password = secret_of(self.connection, "bind_password")
        REDACTOR.learn(password)
        url = urlsplit(self.connection.url)
        bundle = self.connection.ca_file
        if bundle is not None and not bundle.is_file():
            raise self._failed("directory_untrusted", f"ca_file {bundle} does not exist")
        tls = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(bundle) if bundle else None)
        is_ldaps = url.scheme == "ldaps"
        left = current().check()
        server = ldap3.Server(
            url.hostname,
            port=url.port or (636 if is_ldaps else 389),
            use_ssl=is_ldaps,
            tls=tls,
            get_info=ldap3.NONE,
            connect_timeout=min(left, self.patience.connect_seconds),
            allowed_referral_hosts=[],
        )
        opened = ldap3.Connection(
            server,
            user=self.connection.bind_dn,
            password=password,
            authentication=ldap3.SIMPLE,
            auto_referrals=False,
            read_only=True,
            check_names=False,
            receive_timeout=max(1, round(min(left, self.patience.read_seconds))),  # ldap3 wants whole seconds
            return_empty_attributes=False,
        )
        try:
            opened.open(read_server_info=False)
            opened.socket = LimitedSocket(opened.socket)
            if not is_ldaps:
                self._start_tls(opened)
                opened.socket = LimitedSocket(opened.socket)
            opened.bind(read_server_info=False)
        except (exceptions.LDAPExceptionError, *MALFORMED) as error:
            hang_up(opened)
            raise self._meaning(error) from error
        except BaseException:
            hang_up(opened)
            raise
        if opened.result["result"] in BUSY:
            hang_up(opened)
            raise BrokeOffError(described(opened.result))
        if opened.result["result"] != 0:
            hang_up(opened)
            code = "directory_login_refused" if opened.result["result"] in REFUSED_LOGIN else "directory_unreachable"
            raise self._failed(code, described(opened.result), keys="bind_dn and bind_password")
        return opened

    def _start_tls(self, opened: Any) -> None:
        """TLS before anything is said, or the end: a server that says no must not get the password in the clear."""
        try:
            begun = opened.start_tls(read_server_info=False)
        except exceptions.LDAPStartTLSError as error:
            if is_distrust(error):
                raise
            if opened.result and opened.result.get("result"):
                raise self._failed("starttls_refused", described(opened.result)) from error
            raise
        if not begun or not isinstance(opened.socket, ssl.SSLSocket):
            raise self._failed("starttls_refused", described(opened.result or {}))

    def _meaning(self, error: Exception) -> Exception:
        if is_distrust(error):
            return self._failed("directory_untrusted", str(error))
        if isinstance(error, (exceptions.LDAPSocketOpenError, *MALFORMED)):
            return self._failed("directory_unreachable", str(error))
        return BrokeOffError(str(error))

    def _failed(self, code: str, detail: str, **words: str) -> ConnectionFailed:
        clean = REDACTOR.clean(" ".join(detail.split()))[:400]
        return ConnectionFailed(
            Problem.of(code, connection=self.connection.name, place=self.place, detail=clean, **words)
        )

    def pages(
        self,
        action: str,
        base: str,
        wanted: str,
        attributes: list[str],
        *,
        scope: str = ldap3.SUBTREE,
        limit: int = 0,
    ) -> Iterator[list[Entry]]:
        """Every page of a search, until one has no cookie. With `limit`, one page of that many.

        The cookie itself means nothing (RFC 2696): Samba sends the same one with every page. That a search advances is
        known from its entries: a page that repeats only entries seen before, or too many empty ones, ends it.

        Raises ReadFailedError when the server says no or stops at a limit, BrokeOffError when the connection breaks.
        """
        cookie: bytes | None = None
        seen: set[int] = set()
        empty = 0
        while True:
            size = limit or self._largest_page or self.connection.page_size
            try:
                entries, cookie = self._page(action, base, wanted, attributes, scope, size, cookie)
            except DirectoryReadError as failure:
                if failure.code != PAGE_TOO_LARGE or cookie or limit or size == 1:
                    raise
                self._largest_page = size // 2
                continue
            current().page()
            yield entries
            if not cookie or limit:
                return
            known = len(seen)
            seen.update(hash(entry.dn) for entry in entries)
            empty = 0 if len(seen) > known else empty + 1
            if empty and (entries or empty > EMPTY_PAGES):
                reason = f"page after page without a new entry, after {len(seen):,} entries"
                raise DirectoryReadError(action, "failed", "EndlessSearch", reason)

    def _page(
        self, action: str, base: str, wanted: str, attributes: list[str], scope: str, size: int, cookie: bytes | None
    ) -> tuple[list[Entry], bytes | None]:
        self.bind()
        try:
            self._open.search(
                base,
                wanted,
                search_scope=scope,
                dereference_aliases=ldap3.DEREF_NEVER,  # an alias leads to entries outside the base
                attributes=attributes,
                paged_size=size,
                paged_cookie=cookie,
            )
            return self._taken(action)
        except (exceptions.LDAPInvalidFilterError, exceptions.LDAPInvalidDnError) as error:
            raise DirectoryReadError(action, "failed", type(error).__name__, str(error)) from error
        except (exceptions.LDAPExceptionError, OSError) as error:
            raise BrokeOffError(str(error)) from error
        except MALFORMED as error:
            self.close()
            detail = f"{type(error).__name__}: {REDACTOR.clean(str(error))[:200]}"
            raise DirectoryReadError(action, "failed", "MalformedAnswer", detail) from error

    def _taken(self, action: str) -> tuple[list[Entry], bytes | None]:
        """The entries and the cookie of the answer that has come."""
        result = self._open.result
        self._check(action, result)
        entries = []
        for answer in self._open.response or ():
            if answer["type"] == "searchResRef":
                self.referrals.update(map(str, answer["uri"]))
            elif answer["type"] == "searchResEntry":
                entries.append(Entry(answer["dn"], by_name(answer["raw_attributes"])))
        control = (result.get("controls") or {}).get(PAGING) or {}
        return entries, (control.get("value") or {}).get("cookie") or None

    def _check(self, action: str, result: dict[str, Any]) -> None:
        code = result["result"]
        if code == 0:
            return
        told = REDACTOR.clean(described(result))
        if code in BUSY:
            raise BrokeOffError(told)
        outcome: Outcome = "denied" if code in DENIED else "failed"
        raise DirectoryReadError(action, outcome, str(result["description"]), told, is_cut_short=code in LIMITS)
