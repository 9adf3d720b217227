"""Progress bars, one for each connection, on a terminal only."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from pipeline.cli import render
from pipeline.cli.output import Output

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


STAGES = {"load": "loading", "build": "judging and testing", "publish": "publishing"}
"""What the stages of a sync that concern no single connection are called."""


class ProgressCallback(Protocol):
    """The shape of `directories.base.Progress`, which cannot be imported here without loading pyarrow."""

    def __call__(self, connection: str, stage: str, done: int, total: int | None) -> None: ...


def _ignore_progress(connection: str, stage: str, done: int, total: int | None) -> None:
    """Nobody is watching."""


@contextlib.contextmanager
def shown(output: Output) -> Iterator[ProgressCallback]:
    """Draw what the given callable is told until the block ends; draw nothing where no terminal would show it well."""
    if output.quiet or not output.stderr.isatty() or output.environ.get("TERM") == "dumb":
        yield _ignore_progress
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bars = Progress(
        SpinnerColumn(),
        TextColumn("{task.fields[connection]}", markup=False),
        TextColumn("{task.description}", style="dim", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[count]}", markup=False),
        TimeElapsedColumn(),
        console=output.console(output.stderr),
        transient=True,
    )
    with bars:
        yield _Bars(bars)


class _Bars:
    """One bar a connection, and one a stage that concerns them all; told from many threads."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._stage = ""
        self._lock = threading.Lock()

    def __call__(self, connection: str, stage: str, done: int, total: int | None) -> None:
        with self._lock:
            if connection:
                self._draw(connection, stage, done, total)
            else:
                if self._stage not in ("", stage):
                    self._draw(STAGES.get(self._stage, self._stage), "", 1, 1)  # its successor tells that it is done
                self._stage = stage
                self._draw(STAGES.get(stage, stage), "", done, total)

    def _draw(self, row: str, stage: str, done: int, total: int | None) -> None:
        total = None if total is None else max(total, done)  # a total may be a guess
        count = "" if total in (None, 1) else f"{done}/{total}"
        if row not in self._tasks:
            self._tasks[row] = self._bars.add_task("", total=total, connection=render.visible(row), count=count)
        self._bars.update(self._tasks[row], description=render.visible(stage), completed=done, total=total, count=count)
