"""Running a piece of work in a process of its own, so that its memory and its time are nobody else's."""

from __future__ import annotations

import multiprocessing
import os
import re
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, TypeVar

V = TypeVar("V")
SPAWN = multiprocessing.get_context("spawn")
"""A forked process would start with its parent's memory."""


@dataclass(frozen=True)
class Measured(Generic[V]):
    """What the work gave back, and what it cost: wall clock and processor seconds, and the most memory it ever held.

    `idle_mb` is what the process held before the work began, with everything imported.
    """

    value: V
    seconds: float
    cpu_seconds: float
    peak_mb: float
    idle_mb: float


class FailedInProcess(Exception):
    """The work raised; the message is its traceback."""


def measured(work: Callable[..., V], *arguments: Any, environment: Mapping[str, str] | None = None) -> Measured[V]:
    """Run `work(*arguments)` in a fresh process. Imports of the work's module are done before the clock starts.

    With an `environment` that replaces every AWS_ variable of ours.
    """
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=_run, args=(theirs, work, arguments, environment))
    process.start()
    theirs.close()
    try:
        outcome = ours.recv()
    except EOFError:
        process.join()
        raise FailedInProcess(f"{work.__name__} ended with exit code {process.exitcode}") from None
    process.join()
    if isinstance(outcome, str):
        raise FailedInProcess(outcome)
    found: Measured[V] = outcome
    return found


def _run(
    answer: Connection, work: Callable[..., V], arguments: tuple[Any, ...], environment: Mapping[str, str] | None
) -> None:
    if environment is not None:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            del os.environ[name]
        os.environ.update(environment)
    try:
        idle, cpu, began = memory_mb("VmRSS"), time.process_time(), time.perf_counter()
        value = work(*arguments)
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
        answer.send(Measured(value, seconds, cpu_seconds, memory_mb("VmHWM"), idle))
    except Exception:  # whatever it was, the other process shows it
        answer.send(traceback.format_exc())


def memory_mb(name: str) -> float:
    """Resident memory now (`VmRSS`) or at its highest (`VmHWM`), in megabytes.

    From /proc, because getrusage's maximum starts with that of the process that started this one.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # macOS counts bytes
    found = re.search(rf"{name}:\s+(\d+) kB", status.read_text())
    return int(found[1]) * 1024 / 1e6 if found else 0.0
