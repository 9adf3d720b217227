"""The budget of one connection's read: its deadline, and how much it may be sent.

The budget in force is that of the context, as a cancel scope of Trio or a deadline of gRPC is: those who wait for a
directory lie deep inside libraries that take no such argument. A reader's thread pool hands it on with `adopt`.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from pipeline.problems import ConnectionFailed, Problem
from pipeline.settings import Settings, duration

MEGABYTE = 1024 * 1024
ANSWER_SECONDS = 300.0
"""So long one answer may take from its first byte to its last, however steadily it comes."""
ANSWER_BYTES = 256 * MEGABYTE
"""A page of a directory is a hundredth of it."""
MOST_PAGES = 100_000
"""Of one read, all its listings together: ten million users at a hundred a page."""
MOST_MEMBERSHIPS = 20_000_000
"""Of all accounts, through nested groups too."""


class ReadLimitError(ConnectionFailed):
    """The read went past a limit: nothing more of this connection is read, and what was read is not used."""


class CancelledReadError(BaseException):
    """The run was interrupted; like KeyboardInterrupt, no handler of failures should catch it."""


@dataclass(frozen=True)
class ReadLimits:
    """`seconds` and `total_bytes` are of a whole read; the others of one answer, and of all pages together."""

    seconds: float = 1800.0
    total_bytes: int = 1024 * MEGABYTE
    answer_seconds: float = ANSWER_SECONDS
    answer_bytes: int = ANSWER_BYTES
    pages: int = MOST_PAGES
    of_setting: str = ""
    """The key of settings.yaml that `seconds` comes from."""

    @classmethod
    def of(cls, settings: Settings) -> ReadLimits:
        """As a home's settings want them."""
        return cls(
            seconds=settings.read_deadline.total_seconds(),
            total_bytes=settings.max_read_mb * MEGABYTE,
            of_setting="read_deadline",
        )


class ReadBudget:
    """What is left of the limits of one read; used by all its threads.

    Once a limit was passed, every later step of the read raises the same ReadLimitError, which `failure` holds.
    """

    def __init__(
        self,
        limits: ReadLimits,
        connection: str = "",
        *,
        stop: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits, self.connection = limits, connection
        self.failure: Problem | None = None
        self.clock = clock
        self._ends = clock() + limits.seconds
        self._lock, self._stopped = threading.Lock(), stop or threading.Event()
        self._bytes = self._pages = 0
        self._stage, self._done = "", 0

    def note(self, stage: str, done: int) -> None:
        """What is read now, and how much of it has been: for the message."""
        self._stage, self._done = stage, done

    def check(self) -> float:
        """The seconds that are left. Raises ReadLimitError when there are none, CancelledReadError after `stop` was
        set."""
        if self._stopped.is_set():
            raise CancelledReadError
        if self.failure is not None:
            raise ReadLimitError(self.failure)
        left = self._ends - self.clock()
        if left <= 0:
            deadline = duration(timedelta(seconds=self.limits.seconds))
            self._fail(
                "read_took_too_long",
                deadline=f"{deadline} of {self.limits.of_setting}" if self.limits.of_setting else deadline,
            )
        return left

    def page(self) -> None:
        """One more page was answered."""
        with self._lock:
            self._pages += 1
        if self._pages > self.limits.pages:
            self.too_much(f"more than {self.limits.pages:,} pages", "find out why its listing does not end")
        self.check()

    def received(self, count: int) -> None:
        """So many more bytes came."""
        with self._lock:
            self._bytes += count
        if self._bytes > self.limits.total_bytes:
            size = f"{self.limits.total_bytes / MEGABYTE:,.0f} MB"
            advice = "raise `max_read_mb` in settings.yaml if the directory is so large"
            self.too_much(f"more than {size} in all", advice)

    def pause(self, seconds: float) -> None:
        """Wait, but not past the deadline; raises like `check`."""
        self._stopped.wait(max(0.0, min(seconds, self.check())))
        self.check()

    def too_much(self, what: str, advice: str) -> None:
        """Raise ReadLimitError: the directory sends more than it may."""
        self._fail("read_too_large", what=what, advice=advice)

    def _fail(self, code: str, **words: str) -> None:
        if self.failure is None:
            far = f"{self._stage}, {self._done:,} read so far" if self._stage else "its first answer"
            self.failure = Problem.of(code, connection=self.connection, far=far, action=self._stage, **words)
        raise ReadLimitError(self.failure)


_UNBOUNDED = ReadBudget(ReadLimits(seconds=float("inf"), total_bytes=2**63, pages=2**63))
_CURRENT: ContextVar[ReadBudget] = ContextVar("read budget", default=_UNBOUNDED)


def current() -> ReadBudget:
    """The budget of the read that this thread works for; one without a deadline where there is none."""
    return _CURRENT.get()


def adopt(budget: ReadBudget) -> None:
    """Work for the read of `budget` from now on: to be called first in each thread of a reader's pool."""
    _CURRENT.set(budget)


@contextlib.contextmanager
def within(budget: ReadBudget) -> Iterator[ReadBudget]:
    """Do what is inside for the read of `budget`."""
    token = _CURRENT.set(budget)
    try:
        yield budget
    finally:
        _CURRENT.reset(token)


def counted_pairs(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Members of groups, as long as there are not too many: groups inside groups multiply. Raises ReadLimitError."""
    budget = current()
    for count, pair in enumerate(pairs, start=1):
        if count % 4096 == 0:
            budget.check()
        if count > MOST_MEMBERSHIPS:
            advice = "find out which groups contain one another so often"
            budget.too_much(f"more than {MOST_MEMBERSHIPS:,} memberships, those through nested groups included", advice)
        yield pair


def sleep(seconds: float) -> None:
    """Wait as `time.sleep` does, but not past the deadline of the read; raises ReadLimitError then."""
    current().pause(seconds)
