"""The one door through which the readers ask IAM anything.

Belongs here: one call, one listing over its pages, one call for each of many principals; repeats of half answers,
worn-out tokens, and the record of how each went.
Does not belong here: what the answers mean.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Generic, NamedTuple, TypeVar

from botocore import xform_name
from botocore.exceptions import ClientError

from pipeline.directories.aws_iam import failures
from pipeline.directories.aws_iam.actions import MINIMAL, READ_ACTIONS
from pipeline.directories.aws_iam.coverage import Recorder
from pipeline.directories.aws_iam.failures import NoSuchEntityError, ReadFailedError, is_denial
from pipeline.directories.aws_iam.session import RoleSession
from pipeline.directories.aws_iam.shapes import Answer, MalformedAnswerError
from pipeline.directories.base import Progress, silent
from pipeline.problems import ConnectionFailed, Problem

HALF_ANSWERS = 6
"""How often one call may come back cut short before we believe it."""
PAGE_SIZE = 1000
SAMPLE = 8
"""So many principals must be refused, and none answered, before the others are taken to be refused too."""
LOST_PAUSES = (1.0, 3.0)
"""IAM is eventually consistent: what was just listed and is not found is asked about again after these seconds."""
MOST_PAGES = 20_000
"""A full account has 5,000 users, and AWS may give as little as one a page."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Page(NamedTuple, Generic[V]):
    """A page of a listing, and what to ask the next one with."""

    value: V
    following: str | None  # None at the end


def _marker(page: Answer) -> str | None:
    return str(page.get("Marker") or "") if page.get("IsTruncated") else None


def _rows(value: object) -> int:
    if isinstance(value, Page):
        value = value.value
    return len(value) if isinstance(value, Sized) and not isinstance(value, str) else 1


@dataclass
class Answers(Generic[K, V]):
    """What became of one question put to many: every subject is in exactly one of the three."""

    known: dict[K, V] = field(default_factory=dict)
    gaps: dict[K, str] = field(default_factory=dict)
    gone: set[K] = field(default_factory=set)


class Calls:
    """A session, a recorder and a pool of threads. Use as a context manager; every method may be called from the pool's
    threads."""

    def __init__(
        self,
        session: RoleSession,
        recorder: Recorder,
        *,
        threads: int = 8,
        sleep: Callable[[float], None] = time.sleep,
        progress: Progress = silent,
        most_pages: int = MOST_PAGES,
    ) -> None:
        self.session, self.recorder, self.sleep = session, recorder, sleep
        self._progress, self._most_pages = progress, most_pages
        self._answered: set[str] = set()
        self._closed: dict[str, str] = {}  # by action, the gap of whoever is not asked about any more
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"iam-{session.role.connection}")

    def __enter__(self) -> Calls:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def one(self, action: str, read: Callable[[Answer], V], not_yet: Collection[str] = (), **parameters: Any) -> V:
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
        except ReadFailedError as failure:
            outcome = "not_tried" if failure.code in not_yet else failure.outcome
            self.recorder.record(action, outcome, code=failure.code, message=failure.message, denial=failure.denial)
            raise
        self.recorder.record(action, "ok", rows=_rows(value))
        return value

    @staticmethod
    def _read(action: str, read: Callable[[Answer], V], answer: Answer) -> V:
        try:
            return read(answer)
        except MalformedAnswerError as error:
            raise ReadFailedError(action, "failed", "MalformedAnswer", str(error)) from error

    def _persistently(self, action: str, parameters: Mapping[str, object]) -> Answer:
        renewed = False
        for half_answers in range(HALF_ANSWERS):
            client = self.session.iam
            try:
                return self._send(client, action, parameters)
            except failures.CUT_SHORT as error:
                last: Exception = error
                self.recorder.retried(1)
                self.sleep(0.1 * 2**half_answers)
            except ClientError as error:
                code = failures.code_of(error)
                if code == "NoSuchEntity":
                    raise NoSuchEntityError(failures.message_of(error)) from error
                if code not in failures.EXPIRED:
                    raise self._given_up(action, error) from error
                if renewed or not self.session.renew(client):
                    raise self._expired(action, code) from error
                renewed, last = True, error
                self.recorder.retried(1)
            except failures.AWS_ERRORS as error:
                raise self._given_up(action, error) from error
            except failures.WRONG_SHAPE as error:
                raise ReadFailedError(action, "failed", "MalformedAnswer", failures.message_of(error)) from error
        raise self._given_up(action, last) from last

    def _send(self, client: Any, action: str, parameters: Mapping[str, object]) -> Answer:
        try:
            answer: Answer = getattr(client, xform_name(READ_ACTIONS[action].operation))(**parameters)
        except ClientError as error:
            self._count_retries(error.response)
            raise
        self._count_retries(answer)
        return answer

    def _count_retries(self, answer: Answer) -> None:
        if again := answer.get("ResponseMetadata", {}).get("RetryAttempts", 0):
            self.recorder.retried(again)

    def _given_up(self, action: str, error: BaseException) -> Exception:
        if problem := failures.credentials_problem(error, self.session.role.connection):
            return ConnectionFailed(problem)
        meaning = failures.meaning_of(error)
        return ReadFailedError(action, meaning.outcome, meaning.code, meaning.message, meaning.denial)

    def _expired(self, action: str, code: str) -> ConnectionFailed:
        return ConnectionFailed(
            Problem.of("session_expired", connection=self.session.role.connection, action=action, error_code=code)
        )

    def pages(self, action: str, read: Callable[[Answer], V], **parameters: Any) -> Iterator[V]:
        """Every page of a listing, by IsTruncated alone (a short page is no last page).

        Raises like `one`, and ReadFailedError when the listing runs in circles or without end.
        """
        seen: set[str] = set()
        marker: dict[str, str] = {}
        for _ in range(self._most_pages):
            value, following = self.one(
                action, lambda page: Page(read(page), _marker(page)), MaxItems=PAGE_SIZE, **parameters, **marker
            )
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

    def _endless(self, action: str, code: str, message: str) -> ReadFailedError:
        self.recorder.record(action, "failed", calls=0, code=code, message=message)
        return ReadFailedError(action, "failed", code, message)

    def listed(self, action: str, read: Callable[[Answer], list[V]], **parameters: Any) -> list[V]:
        """All items of a listing."""
        return [item for page in self.pages(action, read, **parameters) for item in page]

    def each(
        self,
        action: str,
        subjects: Iterable[K],
        ask: Callable[[K], V],
        *,
        principal: Callable[[K], Hashable] = lambda subject: subject,
    ) -> Answers[K, V]:
        """Put a question to every subject, several at a time; `ask` calls `one`, `pages` or `listed` with `action`.

        `principal` is what a policy may treat apart: the user a key or an inline policy belongs to. A denial concerns
        one principal. Only an action outside the minimal nine that was refused for all of `SAMPLE` principals, and
        answered for none, is taken to be denied for the others too. Who is in the sample does not depend on the order
        of the subjects, and every subject's answer does not depend on the order of the threads.
        """
        answers: Answers[K, V] = Answers()
        todo = list(dict.fromkeys(subjects))
        if action not in MINIMAL and action not in self._answered:
            todo = self._try_a_sample(action, todo, ask, principal, answers)
        if refusal := self._closed.get(action):
            answers.gaps.update(dict.fromkeys(todo, refusal))
            return answers
        self._ask(action, todo, ask, principal, answers)
        for pause in LOST_PAUSES:
            if not answers.gone:
                break
            self.sleep(pause)
            lost, answers.gone = list(answers.gone), set()
            self._ask(action, lost, ask, principal, answers)
        return answers

    def _try_a_sample(
        self,
        action: str,
        todo: list[K],
        ask: Callable[[K], V],
        principal: Callable[[K], Hashable],
        answers: Answers[K, V],
    ) -> list[K]:
        """Ask about a few principals, and close the action when each was refused; gives back who is left."""
        if action in self._closed:
            return todo
        by_principal = {principal(subject): subject for subject in reversed(todo)}
        names = sorted(by_principal, key=str)
        size = min(SAMPLE, len(names))
        chosen = {by_principal[names[position * len(names) // size]] for position in range(size)}
        self._ask(action, [subject for subject in todo if subject in chosen], ask, principal, answers)
        if answers.known or answers.gone:
            self._answered.add(action)
        elif len(chosen) == SAMPLE and all(is_denial(gap) for gap in answers.gaps.values()):
            self._closed[action] = min(answers.gaps.values())
        return [subject for subject in todo if subject not in chosen]

    def _ask(
        self,
        action: str,
        subjects: list[K],
        ask: Callable[[K], V],
        principal: Callable[[K], Hashable],
        answers: Answers[K, V],
    ) -> None:
        futures: dict[K, Future[V]] = {subject: self._pool.submit(ask, subject) for subject in subjects}
        total = len(answers.known) + len(answers.gaps) + len(answers.gone) + len(futures)
        try:
            for done, (subject, future) in enumerate(futures.items(), start=total - len(futures) + 1):
                self._settle(answers, subject, future.result)
                self.recorder.asked(action, principal(subject), denied=is_denial(answers.gaps.get(subject, "")))
                if done % 50 == 0 or done == total:
                    self._progress(self.session.role.connection, action, done, total)
        except BaseException:
            for future in futures.values():
                future.cancel()
            raise

    def _settle(self, answers: Answers[K, V], subject: K, result: Callable[[], V]) -> None:
        try:
            answers.known[subject] = result()
        except NoSuchEntityError:
            answers.gone.add(subject)
        except ReadFailedError as failure:
            answers.gaps[subject] = failure.gap
