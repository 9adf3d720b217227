"""HTTP client of a SCIM service: TLS, token, retries, and no other host than the configured one.

Statuses: RFC 7644 section 3.12; Retry-After: RFC 9110 section 10.2.3; client credentials: RFC 6749 section 4.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote_plus, urlencode, urljoin

import urllib3
from urllib3 import exceptions

from pipeline import read_limits
from pipeline.connections.network import ScimConnection
from pipeline.connections.secret_references import secret_of
from pipeline.coverage import CoverageRecorder
from pipeline.directories.read_failure import DirectoryReadError
from pipeline.directories.scim.wire import ScimResponse, detail_of, json_object, origin, pool_for
from pipeline.problems import ConnectionFailed, Problem
from pipeline.redaction import REDACTOR, guard_loggers

THROTTLED, PASSING = frozenset({429, 503}), frozenset({408, 425, 500, 502, 504})
MOST_REDIRECTS = 3


@dataclass(frozen=True)
class ScimTimeouts:
    """How long to wait for one answer, how often to ask for it, and the longest pause a service may ask of us."""

    connect_seconds: float = 5
    read_seconds: float = 60
    attempts: int = 8
    longest_pause: float = 120


PATIENT = ScimTimeouts()
"""For a whole read."""


@dataclass
class ScimClient:
    """Asks one service; not shared by threads."""

    connection: ScimConnection
    reads: CoverageRecorder
    patience: ScimTimeouts = PATIENT
    sleep: Callable[[float], None] = read_limits.sleep
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _token: str = field(default="", repr=False)
    _pool: Any = None

    @property
    def place(self) -> str:
        """Where this is, for messages."""
        return self.connection.url

    def close(self) -> None:
        """Give the sockets back."""
        if self._pool is not None:
            self._pool.clear()

    def get(self, action: str, path: str, query: Mapping[str, object]) -> Mapping[str, Any]:
        """The JSON object at `path` of the service.

        Raises ReadFailedError when there is no whole answer, ConnectionFailed when there is no way in.
        """
        url = f"{self.connection.url}{path}{f'?{urlencode(query)}' if query else ''}"
        renewed, waited = False, 0.0
        for attempt in range(self.patience.attempts):
            answer = self._sent(action, "GET", url, {"Accept": "application/scim+json, application/json"})
            pause = 0.1 * 2**attempt
            if isinstance(answer, Exception):
                last = DirectoryReadError(action, "failed", type(answer).__name__, self._clean(str(answer)))
            elif answer.status == 200:
                found = json_object(answer.data)
                if found is not None:
                    return found
                last = DirectoryReadError(action, "failed", "HalfAnswer", "the answer is no JSON object")
            elif answer.status == 401:
                if renewed or self.connection.token_url is None:
                    raise self._refused(answer.status, answer.data)
                self._token, renewed, last, pause = "", True, self._meaning(action, answer), 0.0
            elif answer.status in THROTTLED | PASSING:
                last = self._meaning(action, answer)
                pause = max(pause, self._asked_pause(answer.headers.get("Retry-After")))
            else:
                raise self._meaning(action, answer)
            waited += pause
            if pause > self.patience.longest_pause or waited > 4 * self.patience.longest_pause:
                raise last
            if attempt < self.patience.attempts - 1:
                self.reads.retried()
                self.sleep(pause)
        raise last

    def _sent(self, action: str, method: str, url: str, headers: dict[str, str]) -> Any:
        """The answer, redirects within the service followed; or the exception that came instead of one."""
        token = self.token()
        for _ in range(MOST_REDIRECTS + 1):
            try:
                answer = self._request(method, url, {**headers, "Authorization": f"Bearer {token}"})
            except exceptions.HTTPError as error:
                self._raise_distrust(error)
                return error
            if answer.status not in (301, 302, 303, 307, 308):
                return answer
            target = urljoin(url, answer.headers.get("Location", ""))
            if origin(target) != origin(self.connection.url):
                where = self._clean(origin(target))
                detail = f"it points to {where}, and the token is for {origin(url)} only"
                raise DirectoryReadError(action, "failed", "Redirect", detail)
            url = target
        raise DirectoryReadError(action, "failed", "Redirect", f"more than {MOST_REDIRECTS} redirects")

    def _request(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Any:
        if self._pool is None:
            guard_loggers()
            self._pool = pool_for(self.connection)
        left = read_limits.current().check()
        waits = (min(left, self.patience.connect_seconds), min(left, self.patience.read_seconds))
        timeout = urllib3.Timeout(connect=waits[0], read=waits[1])
        answer = self._pool.request(
            method,
            url,
            headers=headers,
            body=body,
            redirect=False,
            retries=False,
            timeout=timeout,
            preload_content=False,
        )
        try:
            data = answer.read(read_limits.ANSWER_BYTES + 1, decode_content=True)
        finally:
            answer.release_conn()
        if len(data) > read_limits.ANSWER_BYTES:
            raise exceptions.ResponseError(f"the answer unpacks to more than {read_limits.ANSWER_BYTES:,} bytes")
        return ScimResponse(answer.status, answer.headers, data)

    def token(self) -> str:
        """The bearer token: the one that was given, or one that was asked for. Raises ConnectionFailed."""
        if not self._token:
            if self.connection.token_url is None:
                self._token = secret_of(self.connection, "token")
            else:
                self._token = self._asked_token(self.connection.token_url)
            REDACTOR.learn(self._token)
        return self._token

    def _asked_token(self, url: str) -> str:
        secret = secret_of(self.connection, "client_secret")
        REDACTOR.learn(secret)
        login = f"{quote_plus(self.connection.client_id or '')}:{quote_plus(secret)}"
        headers = urllib3.make_headers(basic_auth=login)
        REDACTOR.learn(headers["authorization"].partition(" ")[2])
        form = {
            "grant_type": "client_credentials",
            **({"scope": self.connection.scope} if self.connection.scope else {}),
        }
        headers = {**headers, "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        last = ""
        for attempt in range(self.patience.attempts):
            try:
                answer = self._request("POST", url, headers, urlencode(form).encode())
            except exceptions.HTTPError as error:
                self._raise_distrust(error)
                last = str(error)
            else:
                token = (json_object(answer.data) or {}).get("access_token") if answer.status == 200 else None
                if isinstance(token, str) and token:
                    return token
                if answer.status not in THROTTLED | PASSING | {200}:
                    raise self._refused(answer.status, answer.data, url)
                last = f"status {answer.status}"
            self.sleep(0.1 * 2**attempt)
        raise ConnectionFailed(self._problem("directory_unreachable", f"{url}: {last}"))

    def _raise_distrust(self, error: exceptions.HTTPError) -> None:
        reason = error.args[0] if error.args else error
        if isinstance(error, exceptions.SSLError) or isinstance(getattr(error, "reason", None), exceptions.SSLError):
            raise ConnectionFailed(self._problem("directory_untrusted", str(reason))) from error
        if isinstance(error, exceptions.NewConnectionError | exceptions.ConnectTimeoutError | exceptions.ProxyError):
            raise ConnectionFailed(self._problem("directory_unreachable", str(reason))) from error

    def _refused(self, status: int, data: bytes, place: str = "") -> ConnectionFailed:
        keys = "token_url, client_id and its secret" if self.connection.token_url else "the token"
        detail = f"status {status} {detail_of(data)}".strip()
        return ConnectionFailed(self._problem("directory_login_refused", detail, place, keys=keys))

    def _problem(self, code: str, detail: str, place: str = "", **words: str) -> Problem:
        where = place or self.place
        return Problem.of(code, connection=self.connection.name, place=where, detail=self._clean(detail), **words)

    def _meaning(self, action: str, answer: Any) -> DirectoryReadError:
        detail = self._clean(f"status {answer.status} {detail_of(answer.data)}".strip())
        if answer.status == 403:
            return DirectoryReadError(action, "denied", "403", detail)
        outcome = "throttled" if answer.status in THROTTLED else "failed"
        return DirectoryReadError(action, outcome, str(answer.status), detail)  # type: ignore[arg-type]

    def _asked_pause(self, header: str | None) -> float:
        """Seconds, from Retry-After in either of its forms."""
        if header is None:
            return 0.0
        if header.strip().isdigit():
            return float(header)
        try:
            return max(0.0, (parsedate_to_datetime(header).astimezone(UTC) - self.now()).total_seconds())
        except ValueError:
            return 0.0

    @staticmethod
    def _clean(text: str) -> str:
        return REDACTOR.clean(" ".join(text.split()))[:400]
