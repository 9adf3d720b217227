"""Asks one question about many principals in parallel, and decides whom a denial concerns."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Generic, TypeVar

from pipeline import read_limits
from pipeline.aws.errors import NoSuchEntityError, ReadFailedError, is_denial
from pipeline.aws.requests import MOST_PAGES, Requests
from pipeline.aws.role_session import RoleSession
from pipeline.coverage import CoverageRecorder
from pipeline.progress import Progress, silent

SAMPLE = 8
"""So many principals must be refused, and none answered, before the others are taken to be refused too."""
LOST_PAUSES = (1.0, 3.0)
"""IAM is eventually consistent: what was just listed and is not found is asked about again after these seconds."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass
class BatchResult(Generic[K, V]):
    """What became of one question put to many: every subject is in exactly one of the three."""

    known: dict[K, V] = field(default_factory=dict)
    gaps: dict[K, str] = field(default_factory=dict)
    gone: set[K] = field(default_factory=set)


class Calls(Requests):
    """A session, a recorder and a pool of threads. Use as a context manager; every method of `Requests` may be called
    from the pool's threads."""

    def __init__(
        self,
        session: RoleSession,
        recorder: CoverageRecorder,
        *,
        threads: int = 8,
        sleep: Callable[[float], None] = read_limits.sleep,
        progress: Progress = silent,
        most_pages: int = MOST_PAGES,
    ) -> None:
        super().__init__(session, recorder, sleep=sleep, most_pages=most_pages)
        self._progress = progress
        self._minimal = session.role.read_list.minimal
        self._answered: set[str] = set()
        self._closed: dict[str, str] = {}  # by action, the gap of whoever is not asked about any more
        name, budget = f"aws-{session.role.connection}", read_limits.current()
        self._pool = ThreadPoolExecutor(threads, name, initializer=read_limits.adopt, initargs=(budget,))

    def __enter__(self) -> Calls:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def each(
        self,
        action: str,
        subjects: Iterable[K],
        ask: Callable[[K], V],
        *,
        principal: Callable[[K], Hashable] = lambda subject: subject,
    ) -> BatchResult[K, V]:
        """Put a question to every subject, several at a time; `ask` calls `one`, `pages` or `listed` with `action`.

        `principal` is what a policy may treat apart: the user a key or an inline policy belongs to. A denial concerns
        one principal. Only an action outside the minimal ones that was refused for all of `SAMPLE` principals, and
        answered for none, is taken to be denied for the others too. Who is in the sample does not depend on the order
        of the subjects, and every subject's answer does not depend on the order of the threads.
        """
        answers: BatchResult[K, V] = BatchResult()
        todo = list(dict.fromkeys(subjects))
        if action not in self._minimal and action not in self._answered:
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
        answers: BatchResult[K, V],
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
        answers: BatchResult[K, V],
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

    def _settle(self, answers: BatchResult[K, V], subject: K, result: Callable[[], V]) -> None:
        try:
            answers.known[subject] = result()
        except NoSuchEntityError:
            answers.gone.add(subject)
        except ReadFailedError as failure:
            answers.gaps[subject] = failure.gap
