"""One call to AWS and one listing over its pages, with retries and a record of each outcome."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Sized
from typing import Any, Generic, NamedTuple, TypeVar

from botocore import xform_name
from botocore.exceptions import ClientError

from pipeline.aws import errors
from pipeline.aws.errors import THROTTLED, NoSuchEntityError, ReadFailedError
from pipeline.aws.responses import ApiResponse, MalformedResponseError
from pipeline.aws.role_session import RoleSession
from pipeline.coverage import CoverageRecorder
from pipeline.problems import ConnectionFailed, Problem
from pipeline.read_limits import ReadLimitError, current

HALF_ANSWERS = 6
"""How often one call may come back cut short before we believe it."""
PAGE_SIZE = 1000
MOST_PAGES = 20_000
"""A full account has 5,000 users, and AWS may give as little as one a page."""

V = TypeVar("V")


class Page(NamedTuple, Generic[V]):
    """A page of a listing, and what to ask the next one with."""

    value: V
    following: str | None  # None at the end


def _marker(page: ApiResponse) -> str | None:
    return str(page.get("Marker") or "") if page.get("IsTruncated") else None


def _rows(value: object) -> int:
    if isinstance(value, Page):
        value = value.value
    return len(value) if isinstance(value, Sized) and not isinstance(value, str) else 1


class Requests:
    """A session and a recorder; every method may be called from any thread."""

    def __init__(
        self, session: RoleSession, recorder: CoverageRecorder, *, sleep: Callable[[float], None], most_pages: int
    ) -> None:
        self.session, self.recorder, self.sleep = session, recorder, sleep
        self._most_pages = most_pages

    def one(self, action: str, read: Callable[[ApiResponse], V], not_yet: Collection[str] = (), **parameters: Any) -> V:
        """Call once; what `read` makes of the answer.

        Raises NoSuchEntityError, ReadFailedError (this answer is unknown), or ConnectionFailed (nothing more will be
        answered). Error codes in `not_yet` are no verdict: ReadFailedError is raised, and whoever stops asking records
        how it ended.
        """
        try:
            value = self._read(action, read, self._persistently(action, parameters))
        except NoSuchEntityError:
            self.recorder.record(action, "ok")
            raise
        except ReadLimitError as limit:
            self.recorder.record(action, "failed", code=limit.problem.code, message=limit.problem.message)
            raise
        except ReadFailedError as failure:
            outcome = "not_tried" if failure.code in not_yet else failure.outcome
            remedy = self.session.role.read_list.remedy(action, outcome, failure.denial)
            self.recorder.record(action, outcome, code=failure.code, message=failure.message, remedy=remedy)
            raise
        self.recorder.record(action, "ok", rows=_rows(value))
        return value

    @staticmethod
    def _read(action: str, read: Callable[[ApiResponse], V], answer: ApiResponse) -> V:
        try:
            return read(answer)
        except MalformedResponseError as error:
            raise ReadFailedError(action, "failed", "MalformedAnswer", str(error)) from error

    def _persistently(self, action: str, parameters: Mapping[str, object]) -> ApiResponse:
        renewed = False
        for half_answers in range(HALF_ANSWERS):
            clients = self.session.clients
            try:
                return self._send(clients, action, parameters)
            except errors.CUT_SHORT as error:
                last: Exception = error
                self.recorder.retried(1)
                self.sleep(0.1 * 2**half_answers)
            except ClientError as error:
                code = errors.code_of(error)
                if code in errors.NOT_FOUND:
                    raise NoSuchEntityError(errors.message_of(error)) from error
                if code not in errors.EXPIRED:
                    raise self._given_up(action, error) from error
                if renewed or not self.session.renew(clients):
                    raise self._expired(action, code) from error
                renewed, last = True, error
                self.recorder.retried(1)
            except errors.AWS_ERRORS as error:
                raise self._given_up(action, error) from error
            except errors.WRONG_SHAPE as error:
                raise ReadFailedError(action, "failed", "MalformedAnswer", errors.message_of(error)) from error
        raise self._given_up(action, last) from last

    def _send(self, clients: Mapping[str, Any], action: str, parameters: Mapping[str, object]) -> ApiResponse:
        prefix, _, operation = action.partition(":")
        try:
            answer: ApiResponse = getattr(clients[prefix], xform_name(operation))(**parameters)
        except ClientError as error:
            self._count_retries(error.response)
            raise
        self._count_retries(answer)
        return answer

    def _count_retries(self, answer: ApiResponse) -> None:
        if again := answer.get("ResponseMetadata", {}).get("RetryAttempts", 0):
            self.recorder.retried(again)

    def _given_up(self, action: str, error: BaseException) -> Exception:
        if problem := errors.credentials_problem(error, self.session.role.connection):
            return ConnectionFailed(problem)
        meaning = errors.meaning_of(error)
        return ReadFailedError(action, meaning.outcome, meaning.code, meaning.message, meaning.denial)

    def _expired(self, action: str, code: str) -> ConnectionFailed:
        return ConnectionFailed(
            Problem.of("session_expired", connection=self.session.role.connection, action=action, error_code=code)
        )

    def pages(
        self, action: str, read: Callable[[ApiResponse], V], pauses: Sequence[float] = (), **parameters: Any
    ) -> Iterator[V]:
        """Every page of a listing, by IsTruncated alone (a short page is no last page).

        A page that is throttled, all of botocore's repeats included, is asked for again after each of `pauses`.
        Raises like `one`, and ReadFailedError when the listing runs in circles or without end.
        """
        seen: set[str] = set()
        marker: dict[str, str] = {}
        for _ in range(self._most_pages):
            value, following = self._in_time(
                pauses,
                action,
                lambda page: Page(read(page), _marker(page)),
                MaxItems=PAGE_SIZE,
                **parameters,
                **marker,
            )
            current().page()
            yield value
            if following is None:
                return
            if not following or following in seen:
                raise self._endless(
                    action, "RepeatedMarker", "AWS said there is more, and gave no new Marker to ask for it"
                )
            seen.add(following)
            marker = {"Marker": following}
        raise self._endless(action, "EndlessListing", f"still not at the end after {self._most_pages} pages")

    def _in_time(self, pauses: Sequence[float], action: str, read: Callable[[ApiResponse], V], **parameters: Any) -> V:
        for pause in pauses:
            try:
                return self.one(action, read, not_yet=THROTTLED, **parameters)
            except ReadFailedError as failure:
                if failure.code not in THROTTLED:
                    raise
                self.sleep(pause)
        return self.one(action, read, **parameters)

    def _endless(self, action: str, code: str, message: str) -> ReadFailedError:
        self.recorder.record(action, "failed", calls=0, code=code, message=message)
        return ReadFailedError(action, "failed", code, message)

    def listed(self, action: str, read: Callable[[ApiResponse], list[V]], **parameters: Any) -> list[V]:
        """All items of a listing."""
        return [item for page in self.pages(action, read, **parameters) for item in page]
