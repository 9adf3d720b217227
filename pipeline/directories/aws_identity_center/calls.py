"""Calls to Identity Center: three services, one shared rate limit, pages by NextToken.

"All the IAM Identity Center APIs share a throttle of 20 transactions per second" ("Quotas" in its user guide): it
cannot be raised, and other programs share it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from botocore.parsers import ResponseParserError
from botocore.session import Session

from pipeline.aws import errors
from pipeline.aws.calls import Calls
from pipeline.aws.errors import ReadFailedError
from pipeline.aws.requests import Page
from pipeline.aws.responses import ApiResponse
from pipeline.aws.role_session import RoleSession, RoleToAssume
from pipeline.aws.source_session import RetryPolicy
from pipeline.coverage import CoverageRecorder
from pipeline.directories.aws_identity_center.actions import ACCOUNTS, LISTED, READ_LIST
from pipeline.problems import CertifyError, Problem
from pipeline.read_limits import current

PAGE_SIZE, ACCOUNTS_PAGE_SIZE = 100, 20
V = TypeVar("V")


@dataclass
class RateLimiter:
    """Lets at most `per_second` calls start in a second, evenly; used by every thread of a connection."""

    per_second: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _next: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, **_: Any) -> None:
        """Come back when it is this call's turn; as a hook of botocore, so that its own repeats wait too."""
        with self._lock:
            now = self.clock()
            turn = max(now, self._next)
            self._next = turn + 1 / self.per_second
        if turn > now:
            self.sleep(turn - now)


class CenterSession(RoleSession):
    """A session with a region of its own, and one rate of calls for both of Identity Center's services."""

    def __init__(
        self, role: RoleToAssume, recorder: CoverageRecorder, *, patience: RetryPolicy, region: str, pace: RateLimiter
    ) -> None:
        self._region, self._pace = region, pace
        super().__init__(role, recorder, patience=patience)

    def prepare(self, session: Session) -> None:
        """What Identity Center's clients are about to send waits for its turn."""
        events = session.get_component("event_emitter")
        for service in ("identitystore", "sso-admin"):
            events.register_first(f"before-send.{service}", self._pace.wait)

    def region_of(self, prefix: str) -> str:
        return super().region_of(prefix) if prefix == "organizations" else self._region


class CenterCalls(Calls):
    """`Calls`, for the services of this room."""

    def __enter__(self) -> CenterCalls:
        return self

    def _send(self, clients: Mapping[str, Any], action: str, parameters: Mapping[str, object]) -> ApiResponse:
        answer = super()._send(clients, action, parameters)
        if LISTED[action] not in answer:
            raise ResponseParserError(f"the answer has no {LISTED[action]}")
        return answer

    def pages(
        self, action: str, read: Callable[[ApiResponse], V], pauses: Sequence[float] = (), **parameters: Any
    ) -> Iterator[V]:
        """Every page of a listing, by NextToken alone (a short or empty page is no last page).

        Raises like `one`, and ReadFailedError when the listing runs in circles or without end.
        """
        seen: set[str] = set()
        size = ACCOUNTS_PAGE_SIZE if action == ACCOUNTS else PAGE_SIZE
        token: dict[str, str] = {}
        for _ in range(self._most_pages):
            page = self._in_time(
                pauses,
                action,
                lambda answer: Page(read(answer), str(answer.get("NextToken") or "") or None),
                MaxResults=size,
                **parameters,
                **token,
            )
            current().page()
            yield page.value
            following = page.following
            if following is None:
                return
            if following in seen:
                raise self._endless(action, "RepeatedToken", "AWS gave a NextToken it had given before")
            seen.add(following)
            token = {"NextToken": following}
        raise self._endless(action, "EndlessListing", f"still not at the end after {self._most_pages} pages")


def read_problem(failure: ReadFailedError | CertifyError, connection: str) -> Problem:
    """Why a read nothing works without did not succeed."""
    if isinstance(failure, CertifyError):
        return failure.problem
    if failure.outcome != "denied":
        return errors.listing_problem(failure, connection, READ_LIST.needed_for(failure.action))
    words = {
        "connection": connection,
        "action": failure.action,
        "error_code": failure.code,
        "needed_for": READ_LIST.needed_for(failure.action),
    }
    return failure.denial.problem(**words) if failure.denial.code else Problem.of("center_read_denied", **words)
