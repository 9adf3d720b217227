"""A process that dies: `kill -9` at a chosen line of our own code, or after a chosen time.

The child is forked, so it starts where the test stands: nothing is imported anew, hundreds of deaths are affordable.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import Any


def lines_of(work: Callable[[], object], files: Iterable[str]) -> list[tuple[str, int]]:
    """The lines of these files that `work` runs, in order and as often as it runs them; done for real, in a child."""
    watched = frozenset(files)
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        with os.fdopen(write, "w") as out:
            _trace(work, watched, lambda name, line: out.write(f"{line} {name}\n"))
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as lines:
        seen = [(name, int(line)) for line, _, name in (entry.rstrip("\n").partition(" ") for entry in lines)]
    _, status = os.waitpid(pid, 0)
    assert status == 0, "the work failed without being killed"
    return seen


def steps_worth_dying_at(lines: list[tuple[str, int]]) -> Iterator[int]:
    """The first and the last time that each line is run: every gap between two steps, loops apart."""
    first = {line: step for step, line in reversed(list(enumerate(lines)))}
    last = {line: step for step, line in enumerate(lines)}
    yield from sorted({*first.values(), *last.values()})


def die_at_line(work: Callable[[], object], files: Iterable[str], step: int) -> None:
    """Do `work` in a child that is killed when it comes to the `step`-th line of these files."""
    watched = frozenset(files)
    pid = os.fork()
    if pid == 0:
        remaining = step

        def count(*_: object) -> None:
            nonlocal remaining
            if remaining == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            remaining -= 1

        _trace(work, watched, count)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), f"step {step} was never reached"
    assert os.WTERMSIG(status) == signal.SIGKILL


def die_after(work: Callable[[], object], seconds: float) -> bool:
    """Do `work` in a child that is killed after so long; whether it was still at work."""
    pid = os.fork()
    if pid == 0:
        threading.Thread(target=_kill_later, args=(seconds,), daemon=True).start()
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


def random_delays(count: int, longest: float, *, seed: int) -> list[float]:
    """So many random times to die at, the same every time."""
    chance = random.Random(seed)
    return [chance.uniform(0, longest) for _ in range(count)]


def _kill_later(seconds: float) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def _trace(work: Callable[[], object], files: frozenset[str], report: Callable[[str, int], object]) -> None:
    def local(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            report(frame.f_code.co_filename, frame.f_lineno)
        return local

    def enter(frame: FrameType, event: str, _: Any) -> Any:
        return local if frame.f_code.co_filename in files else None

    sys.settrace(enter)
    try:
        work()
    except BaseException:
        sys.settrace(None)
        import traceback

        traceback.print_exc()
        os._exit(1)
    sys.settrace(None)
